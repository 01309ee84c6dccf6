/** What an engine leaves in its data folder about executions, to be read whether or not the engine still runs. */

import type { Definition } from './graph';
import { loadStack } from './stack/load';

export type { Execution, ExecutionStatus, HistoryEvent } from './states/history';
export { findExecution, readExecutions, readHistory } from './states/store';

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
