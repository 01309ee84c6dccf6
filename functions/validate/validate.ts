import { NotYetVisible, ObjectNotFound } from '../../contract/errors';
import type { Image } from '../../contract/image';
import type { ImageRecord } from '../../contract/record';
import { type ObjectName, type Source, sourceOf } from '../../contract/source';
import type { TaskInput } from '../../contract/states';
import { type ExaminePorts, type ExamineSettings, examine } from '../lib/image/examine';
import { targetsOf } from '../lib/image/targets';
import { isOvertaken, overtaken } from '../lib/records/order';

/**
 * Minutes since an event that its object is waited for. S3 advises to wait for 15 after versioning was turned on
 * (docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html); this is twice that.
 */
const WAIT_MINUTES = 30;

declare module '../../contract/states' {
  interface Answers {
    image: Image;
  }
}

/** The calls that Validate makes. */
export interface ValidatePorts extends ExaminePorts {
  /**
   * Records the object as PROCESSING.
   *
   * @returns every thumbnail key that was noted for the object before
   * @throws Superseded if a newer event is recorded
   */
  claim(image: Image, thumbnailKeys: string[]): Promise<ReadonlySet<string>>;
  record(object: ObjectName): Promise<ImageRecord | null>;
}

/**
 * Checks that the event is current and that the object is an image within the limits.
 *
 * @throws Superseded, EmptyObject, ImageTooLarge, UnsupportedFormat, CorruptImage, SuspiciousImage or InvalidEvent
 * @throws NotYetVisible or ObjectNotFound if there is no object, and nothing says that it was deleted
 */
export async function validate(
  { state }: TaskInput,
  settings: ExamineSettings,
  ports: ValidatePorts,
  now: Date,
): Promise<Image> {
  const source = sourceOf(state);
  const image = await examine(source, settings, ports).catch(async (error: unknown) => {
    throw error instanceof NotYetVisible ? await whyMissing(source, error) : error;
  });
  const { eager, lazy } = targetsOf(image, settings);
  const noted = await ports.claim(
    image,
    eager.map(({ key }) => key),
  );
  // Render notes a key before it writes there, and only while the record is DONE: it can add none for an older version now.
  const requested = lazy.filter(({ key }) => noted.has(key)).map(({ variant }) => variant.name);
  return {
    ...image,
    ...(requested.length > 0 && { requested }),
    ...(noted.size === 0 && { isNew: true as const }),
  };

  /** The record of a deletion explains a missing object. Otherwise it is waited for, as long as the event is young. */
  async function whyMissing({ bucket, key, ...event }: Source, missing: NotYetVisible): Promise<Error> {
    const record = await ports.record({ bucket, key });
    if (record && isOvertaken(event, record)) return overtaken(source, record);
    const minutes = (now.getTime() - Date.parse(state.time)) / 60_000;
    if (minutes < WAIT_MINUTES) return missing;
    return new ObjectNotFound(
      `S3 still has no object s3://${bucket}/${key} ${WAIT_MINUTES} minutes after its event, and nothing says that it was deleted. If it is meant to exist, upload it again`,
    );
  }
}
