import type { S3Client } from '@aws-sdk/client-s3';
import type { CloudWatch } from '../cloudwatch';
import type { serviceMetrics } from '../cloudwatch/services';
import type { PutEvents } from '../events/put-events';
import { createLambda, type Lambda } from '../lambda';
import type { Principal } from '../service';
import type { Sns } from '../sns';
import type { Sqs } from '../sqs';
import { createStateMachines, type Execution, type StateMachines } from '../states';
import type { Context } from './context';

export interface FunctionSurroundings {
  /** Folders of packages that the function packages leave out. */
  modulePaths: string[];
  cloudwatch: CloudWatch;
  metrics: ReturnType<typeof serviceMetrics>;
}

export function openLambda(
  { stack, dataDir, endpoint, region, principals, faults, waitScale, shutdown }: Context,
  { modulePaths, cloudwatch, metrics }: FunctionSurroundings,
): Lambda {
  const lambda = createLambda({
    functions: stack.functions,
    dataDir,
    endpoint,
    region,
    credentials: principals.session,
    modulePaths,
    fault: faults.invocation,
    waitScale,
    onOutput: (line, fn) => cloudwatch.ingest(line, fn.name),
    measure: metrics.invocation,
  });
  shutdown.on('functions', () => lambda.close());
  return lambda;
}

export interface TaskTargets {
  lambda: Lambda;
  sns: Sns;
  sqs: Sqs;
  putEvents: PutEvents['putEvents'];
  metrics: ReturnType<typeof serviceMetrics>;
  onExecution?: (execution: Execution) => void;
}

export function openStateMachines(
  { stack, dataDir, endpoint, region, gate, waitScale, principals, faults, shutdown }: Context,
  { lambda, sns, sqs, putEvents, metrics, onExecution }: TaskTargets,
): StateMachines {
  const states = createStateMachines({
    machines: stack.stateMachines,
    dataDir,
    gate,
    onStart: metrics.started,
    onExecution: (execution) => {
      metrics.ended(execution);
      onExecution?.(execution);
    },
    waitScale,
    maps: {
      allow: (role, action, resource) => gate({ principal: principals.role(role), action, resource }),
      s3: (role) => clientOf(principals.role(role), endpoint, region),
    },
    services: {
      invokeFunction: (arn, payload, role) =>
        faults.call(async () => {
          await gate({ principal: principals.role(role), action: 'lambda:InvokeFunction', resource: arn });
          return lambda.invoke(arn, payload);
        }),
      publish: (input, role) => faults.call(() => sns.publish(input, principals.role(role))),
      sendMessage: (input, role) => faults.call(() => sqs.call('SendMessage', input, principals.role(role))),
      putEvents: (input, role) => faults.call(() => putEvents(input, principals.role(role))),
    },
  });
  shutdown.on('executions', () => states.close());
  return states;
}

/** S3 by way of the engine's own endpoint, so that a state machine reads and writes what its role may. */
async function clientOf(
  { accessKeyId, secretAccessKey, sessionToken }: Principal,
  endpoint: string,
  region: string,
): Promise<S3Client> {
  // Loading it takes long, and only a Distributed Map needs it.
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
  });
}
