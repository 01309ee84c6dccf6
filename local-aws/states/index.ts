/** Express state machines on this computer, and what remains of their executions on disk. */

export type { Execution, ExecutionStatus, HistoryEvent } from './history';
export {
  createStateMachines,
  type ExecutionData,
  type Started,
  type StateMachines,
  type StateMachinesOptions,
} from './machines';
export { findExecution, readExecutions, readHistory } from './store';
export type { TaskServices } from './task';
