import type { Faults } from '../faults';
import type { IamGate } from '../iam/gate';
import type { Principals } from '../principals';
import type { Gate } from '../service';
import type { Stack } from '../stack/model';
import type { Shutdown } from './shutdown';

/** What the parts of an engine share. */
export interface Context {
  stack: Stack;
  account: string;
  region: string;
  /** Absolute path of the data folder. */
  dataDir: string;
  /** Where the services of AWS answer. */
  endpoint: string;
  principals: Principals;
  /** Asked before a call: the policies of the stack alone. */
  iam: IamGate;
  /** Asked before a call: the policies, then the faults, then the gate of the options. */
  gate: Gate;
  faults: Faults;
  /** Multiplies delays, visibility timeouts and waits before retries. */
  waitScale: number;
  /** Receives what goes wrong in the background. */
  log: (line: string) => void;
  /** Takes the function that closes each part. */
  shutdown: Shutdown;
}
