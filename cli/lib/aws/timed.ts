/** AWS clients that give up on a service that does not answer, and say so when an answer takes long. */
import { sayIfSlow } from '../slow';
import type { Call } from './place';

/** Milliseconds, the same as in functions/lib/runtime/client-config.ts. */
export const TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 10_000 };

/** Configuration of a client, besides what every client has. */
export interface Options {
  /** How often a call is tried at most, unless the environment says so in `AWS_MAX_ATTEMPTS`. @default 3 */
  attempts?: number;
  /** Milliseconds within which an answer has to begin. @default that of {@link TIMEOUTS} */
  requestTimeout?: number;
  /** Milliseconds after which, and how often, a person is told that the answer takes long. */
  noteEvery?: number;
  followRegionRedirects?: boolean;
  /** Gets what the SDK has to say. @default it warns on the console */
  logger?: typeof SILENT;
}

/** For calls whose errors say everything. */
export const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** What the constructor of a client takes, as far as commands use it. */
export interface ClientConfig {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** StartSyncExecution goes to the host `sync-<host>`, which an address of this machine does not have. */
  disableHostPrefix?: boolean;
}

export interface SdkClient {
  config: { serviceId: string };
  middlewareStack: unknown;
  /** Closes its connections. */
  destroy(): void;
}

export type Constructor<Client> = new (config: object) => Client;

/** A client that gives up on a service that does not answer, and says when an answer takes long. */
export function timed<Client extends SdkClient>(
  Client: Constructor<Client>,
  config: ClientConfig,
  { attempts, requestTimeout = TIMEOUTS.requestTimeout, noteEvery, ...options }: Options = {},
): Client {
  const client = new Client({
    ...config,
    ...options,
    ...(attempts && !process.env['AWS_MAX_ATTEMPTS'] && { maxAttempts: attempts }),
    requestHandler: { ...TIMEOUTS, requestTimeout, throwOnRequestTimeout: true },
  });
  const { serviceId } = client.config;
  stackOf(client).add(
    (next, { commandName = '' }) =>
      (args) =>
        sayIfSlow(callOf(serviceId, commandName, args.input).name, next(args), noteEvery),
    { step: 'initialize', priority: 'high', name: 'sayIfSlow' },
  );
  return client;
}

/** The part of the SDK's middleware that is used here. */
interface Middleware {
  add(
    middleware: (
      next: (args: { input: object }) => Promise<object>,
      context: { commandName?: string },
    ) => (args: { input: object }) => Promise<object>,
    options: { step: 'initialize'; priority: 'high'; name: string },
  ): void;
}

export const stackOf = ({ middlewareStack }: SdkClient) => middlewareStack as Middleware;

/** @param commandName as the SDK has it, for example `GetItemCommand` */
export function callOf(serviceId: string, commandName: string, input: object): Call {
  const operation = commandName.replace(/Command$/, '');
  const service = serviceId === 'SFN' ? 'Step Functions' : serviceId;
  return { serviceId, operation, name: `${service} ${operation}`, input: input as Call['input'] };
}
