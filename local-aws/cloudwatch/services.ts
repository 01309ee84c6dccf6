/** The metrics that services of AWS publish about themselves. made.ts lists them. */

import type { HttpApi } from '../api-gateway/model';
import type { LambdaFunction, Queue, Rule } from '../stack/model';
import type { Execution } from '../states';
import type { CloudWatch, Metric } from '.';

const OUTCOMES: Partial<Record<Execution['status'], string>> = {
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
};

export function serviceMetrics(cloudwatch: Pick<CloudWatch, 'put'>) {
  const ofMachine = ({ stateMachineArn }: Execution, name: string, value: number, time?: number) =>
    cloudwatch.put(
      { namespace: 'AWS/States', name, dimensions: { StateMachineArn: stateMachineArn } },
      value,
      time,
    );

  return {
    /** Every version counts under the name of the function. */
    invocation(values: Record<string, number>, { name: FunctionName }: Pick<LambdaFunction, 'name'>): void {
      for (const [name, value] of Object.entries(values)) {
        cloudwatch.put({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName } }, value);
      }
    },

    apiAnswer({ id: ApiId }: Pick<HttpApi, 'id'>, status: number): void {
      const put = (name: string, value: number) =>
        cloudwatch.put({ namespace: 'AWS/ApiGateway', name, dimensions: { ApiId } }, value);
      put('Count', 1);
      put('4xx', status >= 400 && status < 500 ? 1 : 0);
      put('5xx', status >= 500 ? 1 : 0);
    },

    delivery(name: string, { name: RuleName }: Rule): void {
      cloudwatch.put({ namespace: 'AWS/Events', name, dimensions: { RuleName } }, 1);
    },

    started(execution: Execution): void {
      ofMachine(execution, 'ExecutionsStarted', 1);
    },

    ended(execution: Execution): void {
      const outcome = OUTCOMES[execution.status];
      if (!outcome) return;
      ofMachine(execution, outcome, 1);
      ofMachine(
        execution,
        'ExecutionTime',
        (execution.stopDate ?? execution.startDate) - execution.startDate,
      );
    },
  };
}

/** SQS measures its queues once a minute, rather than when something happens. */
export function queueSamples(
  queues: Queue[],
  measure: (queue: string) => { visible: number; oldestSeconds: number },
): { metric: Metric; value: number }[] {
  return queues.flatMap(({ name: QueueName, arn }) => {
    const { visible, oldestSeconds } = measure(arn);
    const values = {
      ApproximateNumberOfMessagesVisible: visible,
      ApproximateAgeOfOldestMessage: oldestSeconds,
    };
    return Object.entries(values).map(([name, value]) => ({
      metric: { namespace: 'AWS/SQS', name, dimensions: { QueueName } },
      value,
    }));
  });
}
