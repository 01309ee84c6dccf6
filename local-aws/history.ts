/** What an engine leaves in its data folder about executions and functions, to be read whether or not the engine still runs. */

import type { Definition } from './graph';
import { loadStack } from './stack/load';

export { type LogLine, readLog } from './lambda/log-file';
export type { Execution, ExecutionStatus, HistoryEvent } from './states/history';
export { findExecution, readExecutions, readHistory } from './states/store';
export { ExecutionTail, readEvents, type Tail } from './states/tail';

/**
 * The definition of a state machine.
 *
 * @param stackFile path of the `cdk.tf.json` it is in
 * @throws Error if the stack has no such state machine
 */
export function readDefinition(stackFile: string, stateMachineArn: string): Definition {
  const machine = loadStack(stackFile).stateMachines.find(({ arn }) => arn === stateMachineArn);
  if (!machine) throw new Error(`The stack in ${stackFile} has no state machine ${stateMachineArn}`);
  return machine.definition as Definition;
}
