/**
 * Replaces the SDK's event streams, a twentieth of its code, which only a few operations use: SelectObjectContent of S3 is one.
 * test/bundling/event-streams.test.ts fails if a function uses such an operation.
 */
export const resolveEventStreamSerdeConfig = (config) => config;

export const eventStreamSerdeProvider = () => undefined;

export class EventStreamSerde {
  constructor() {
    throw new Error(
      'Event streams are not part of the bundles: to use this operation, remove event-streams from bundling/compile.ts.',
    );
  }
}
