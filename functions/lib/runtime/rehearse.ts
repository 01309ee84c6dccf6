import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/transport';

/** A command of the SDK, as far as a rehearsal needs it. */
interface Sendable {
  middlewareStack: {
    add(
      middleware: () => () => Promise<{ response: HttpResponse; output: undefined }>,
      options: { step: 'deserialize'; priority: 'low' },
    ): void;
  };
}

/**
 * Has a client do all that a request takes, from the endpoint to the signature and the parsing of an answer, except to send it:
 * an empty answer takes the place of the service's. So V8 compiles that code while Lambda starts the function, with a whole
 * processor, and not during the first request, with the share that the function's memory buys (docs/performance.md).
 *
 * It is done by the time the function has loaded, because nothing in it waits for anything outside the process. Outside of
 * Lambda and of its engine nothing happens.
 */
export function rehearse(client: { send(command: never): Promise<unknown> }, command: Sendable): void {
  if (!process.env['AWS_LAMBDA_INITIALIZATION_TYPE']) return;
  const response = new HttpResponse({ statusCode: 200, headers: {}, body: Readable.from([]) });
  command.middlewareStack.add(() => async () => ({ response, output: undefined }), {
    step: 'deserialize',
    priority: 'low',
  });
  // An empty answer may not be what the client expects. That is no matter, and neither is anything else here.
  client.send(command as never).catch(() => {});
}
