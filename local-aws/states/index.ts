/** Express state machines on this computer, and what is stored on disk about their executions. */

export type { Execution, ExecutionStatus, HistoryEvent } from './history';
export { createStateMachines, type StateMachinesOptions } from './machines';
export type { ExecutionData, Started, StateMachines } from './model';
export { findExecution, readExecutions, readHistory } from './store';
export type { TaskServices } from './task';
