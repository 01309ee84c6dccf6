import type { TokenRequest } from '../api-gateway/tokens';
import type { CloudWatch, StateChange } from '../cloudwatch';
import type { EventBridge } from '../events';
import type { Fault } from '../faults';
import type { PermissionReport } from '../iam/gate';
import type { Lambda } from '../lambda';
import type { ObjectEvent } from '../s3';
import type { Gate } from '../service';
import type { ExistingInput } from '../stack/existing';
import type { Stack } from '../stack/model';
import type { Execution } from '../states';
import type { PublicEndpoint } from './public-endpoints';

export interface EngineOptions {
  /** The folder in which the engine keeps everything. */
  dataDir: string;
  /** Port on 127.0.0.1; 0 for any that is free. Distributions, APIs and function URLs get the ones after it. */
  port: number;
  /**
   * Path of the `cdk.tf.json` to run. A function is called once the data folder belongs to this engine, so that it may
   * write the file there.
   */
  stackFile: string | (() => Promise<string>);
  /** The account the stack runs in. @default 000000000000, which no AWS account has */
  account?: string;
  /** The region, if the stack's provider names none. @default us-east-1 */
  region?: string;
  /** Folders of packages that the function packages leave out, as a layer would bring them. @default none */
  modulePaths?: string[];
  /** What the account holds besides the stack. @default what the stack refers to, in its usual state */
  existing?: ExistingInput;
  /** Calls and functions that fail. @default nothing fails */
  faults?: Fault[];
  /**
   * Multiplies the workflow's waits: delays and visibility timeouts of queues, waits before retries, and the time for which
   * a function hangs because of a fault. Tests shorten them with it. Functions that run keep their whole timeout.
   * @default 1
   */
  waitScale?: number;
  /** How many events the bus delivers at the same time. @default two for each processor */
  concurrency?: number;
  /**
   * Origins of pages that may call every HTTP API and send forms to every bucket, whatever the stack says about origins.
   * @default none
   */
  origins?: string[];
  /** Asked before every call that the policies of the stack allow, for example to make it fail. */
  gate?: Gate;
  /** Receives a line for each fault that takes effect, and for each failure in the background. @default console.warn */
  log?: (line: string) => void;
  /** Receives each execution that has ended. */
  onExecution?: (execution: Execution) => void;
  /** Receives each event of a bucket that no rule matches, so that nothing happens. */
  onUnmatched?: (event: ObjectEvent) => void;
  /** Receives each alarm that changes its state. */
  onAlarm?: (change: StateChange) => void;
  /**
   * Whether the engine evaluates alarms each minute and runs scheduled rules by itself. Otherwise `cloudwatch.evaluate`
   * and `tick` do. @default false
   */
  timers?: boolean;
  /** The time for the caches of distributions, in Unix milliseconds. @default Date.now */
  now?: () => number;
}

/** A synthesized stack, running on this machine. */
export interface Engine {
  /** Where the services of AWS answer, for example `http://127.0.0.1:4566`. */
  endpoint: string;
  stack: Stack;
  /** Distributions, HTTP APIs and function URLs: each has an address of its own. */
  publicEndpoints: PublicEndpoint[];
  /**
   * A token as the issuer of the stack's first JWT authorizer would give it, for calls of its HTTP API.
   * @throws Error if the stack has no such authorizer
   */
  token(request: TokenRequest): Promise<string>;
  /** Allows pages of one more origin, as the option `origins` does. */
  allowOrigin(origin: string): void;
  /** Metrics and alarms. */
  cloudwatch: Pick<CloudWatch, 'metrics' | 'alarms' | 'evaluate'>;
  /** Runs a scheduled rule now. */
  tick: EventBridge['tick'];
  /**
   * Resolves when no event waits, in the bus or in a polled queue, and none is being worked on. It doesn't wait for
   * scheduled rules.
   */
  idle(): Promise<void>;
  /**
   * Replaces the faults.
   *
   * @returns tells of each fault, in this order, whether it can still happen
   * @throws Error naming a function or caller the stack does not have
   */
  inject(faults: Fault[]): () => boolean[];
  /** Replaces the code of a function, from its next invocation on. */
  replaceFunction: Lambda['replace'];
  /** What the calls so far show about the policies of the stack. */
  permissions(): PermissionReport;
  /** Ends everything. Work in progress is repeated at the next start. */
  close(): Promise<void>;
}
