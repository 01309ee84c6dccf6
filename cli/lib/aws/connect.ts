/** Makes every AWS client that a command uses for a stack: each error says what was asked, of what, and where. */
import { explained, type SdkError } from './errors';
import { callerOf } from './identity';
import type { Call, Place } from './place';
import {
  type ClientConfig,
  type Constructor,
  callOf,
  type Options,
  type SdkClient,
  stackOf,
  timed,
} from './timed';

/** How often a call of a batch is tried: one throttled call must not end the work on a whole bucket. */
export const BATCH = { attempts: 8 };

/** Makes a client of one stack. */
export type Connect = <Client extends SdkClient>(Client: Constructor<Client>, options?: Options) => Client;

/** @param config what every client of this place has */
export function connectorTo(place: Place, config: ClientConfig): Connect {
  const caller = callerOf(config);
  return (Client, options = {}) => {
    const client = timed(Client, config, options);
    const { serviceId } = client.config;
    stackOf(client).add(
      (next, { commandName = '' }) =>
        async (args) => {
          try {
            return await next(args);
          } catch (error) {
            const call = callOf(serviceId, commandName, args.input);
            if (isAnswer(call, error as SdkError)) throw error;
            const message = await explained(error as SdkError, call, place, caller);
            throw Object.assign(error as Error, { message });
          }
        },
      { step: 'initialize', priority: 'high', name: 'explainErrors' },
    );
    return client;
  };
}

/** That there is no such object is an answer, for which a command asked. */
const isAnswer = ({ name }: Call, { $metadata }: SdkError): boolean =>
  name === 'S3 HeadObject' && $metadata?.httpStatusCode === 404;
