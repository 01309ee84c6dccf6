/** The history of an execution, as Step Functions writes it to CloudWatch Logs for Express workflows. */

export interface HistoryEvent {
  /** Counts from 1. */
  id: string;
  /** For example `TaskStateEntered`. */
  type: string;
  /** Input and output are JSON text, as on AWS. */
  details: Record<string, unknown>;
  previous_event_id: string;
  /** Milliseconds since 1970. */
  event_timestamp: string;
  execution_arn: string;
  redrive_count: string;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** One execution, without its data. */
export interface Execution {
  /** The last part of the ARN, and the name of the file with the history. */
  id: string;
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: ExecutionStatus;
  /** Milliseconds since 1970. */
  startDate: number;
  stopDate?: number;
  error?: string;
  cause?: string;
  /** The last state it has entered. */
  lastState?: string;
  /** How often it was redriven; left out if never. */
  redriveCount?: number;
}

const NOT_TRUNCATED = { truncated: false };

/** The pair of fields that carries data in the details of an event. */
export function inputDetails(input: unknown) {
  return { input: JSON.stringify(input), inputDetails: NOT_TRUNCATED };
}

/** The pair of fields that carries data in the details of an event. */
export function outputDetails(output: unknown) {
  return { output: JSON.stringify(output), outputDetails: NOT_TRUNCATED };
}

/** Numbers the events of one execution and passes each to `write`. */
export function createRecorder(
  executionArn: string,
  write: (event: HistoryEvent) => void,
  last = 0,
  redriveCount = 0,
) {
  return (type: string, details: Record<string, unknown>, timestamp = Date.now()): void => {
    write({
      id: String(last + 1),
      type,
      details,
      previous_event_id: String(last++),
      event_timestamp: String(timestamp),
      execution_arn: executionArn,
      redrive_count: String(redriveCount),
    });
  };
}

export type Recorder = ReturnType<typeof createRecorder>;
