import type { Endpoints } from '../endpoints';
import type { WorkflowFunction } from '../functions/workflow-function';
import type { Queue } from '../messaging/queue';
import type { Settings } from '../settings/schema';
import type { FunctionTimeouts } from '../state-machine/arns';
import type { StateMachine } from '../state-machine/state-machine';

/** The functions: those that are states of the workflow, in their order, and what runs beside it. */
export type WatchedFunctions = Record<keyof FunctionTimeouts | 'resume' | 'watch', WorkflowFunction>;

/** What alarms and dashboard look at. */
export interface Watched extends Endpoints {
  readonly settings: Settings;
  readonly functions: WatchedFunctions;
  readonly stateMachine: StateMachine;
  /** The rules that begin executions, by what happened to the object. */
  readonly rules: { readonly created: { name: string }; readonly deleted: { name: string } };
  /** Events for which no execution could be started. */
  readonly deadLetters: Queue;
  /** Failures nobody could be told of. */
  readonly failures: Queue;
  /** Events that wait for capacity. */
  readonly backlog: Queue;
}
