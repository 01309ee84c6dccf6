import type { BackgroundKey, StateKey } from '../catalogue';
import type { Endpoints } from '../endpoints';
import type { WorkflowFunction } from '../functions/workflow-function';
import type { Queue } from '../messaging/queue';
import type { Settings } from '../settings/schema';
import type { StateMachine } from '../state-machine/state-machine';

/** The functions that are states of the workflow, in their order, and then those that run beside it. */
export type WatchedFunctions = Record<StateKey | Exclude<BackgroundKey, 'backfill'>, WorkflowFunction>;

/** The resources that alarms and the dashboard cover. */
export interface Watched extends Endpoints {
  readonly settings: Settings;
  readonly functions: WatchedFunctions;
  readonly stateMachine: StateMachine;
  /** @default - the settings ask for no backfills */
  readonly backfill?: { readonly arn: string };
  /** The rules that start executions, by what happened to the object. */
  readonly rules: { readonly created: { name: string }; readonly deleted: { name: string } };
  /** Holds events for which no execution could be started. */
  readonly deadLetters: Queue;
  /** Holds failures that the errors topic did not accept. */
  readonly failures: Queue;
  /** Holds events that wait for free capacity. */
  readonly backlog: Queue;
}
