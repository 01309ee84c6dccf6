import type { DocumentService } from '../service';
import type { StateMachine } from '../stack/model';
import type { Execution, ExecutionStatus, HistoryEvent } from './history';

export interface Started {
  executionArn: string;
  startDate: number;
  /** Resolves when it has ended, however that was; never rejects. */
  done: Promise<Execution>;
}

/** An execution with its data, as JSON text. */
export interface ExecutionData extends Execution {
  input: string;
  /** Only where it has succeeded. */
  output?: string;
}

export interface StateMachines extends DocumentService {
  machines: StateMachine[];
  /**
   * @param input a JSON value, or JSON text
   * @param name made up where there is none; an Express execution is not refused for a name that was used before
   * @throws AwsError StateMachineDoesNotExist, InvalidExecutionInput, InvalidName
   */
  start(machineArn: string, input: object | string, name?: string): Started;
  /** Newest first. */
  list(machineArn?: string, filter?: { status?: ExecutionStatus }): Execution[];
  /** @throws AwsError ExecutionDoesNotExist */
  describe(executionArn: string): Promise<ExecutionData>;
  /** @throws AwsError ExecutionDoesNotExist */
  history(executionArn: string): Promise<HistoryEvent[]>;
  /** Aborts what is running. Resolves when all is on disk. */
  close(): Promise<void>;
}
