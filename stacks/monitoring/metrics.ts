/** The metrics that the alarms and the dashboard read, under the names that CloudWatch gives them. */
import type { Delivery } from '../delivery/delivery';
import type { WorkflowFunction } from '../functions/workflow-function';
import type { Queue } from '../messaging/queue';
import type { UploadApi } from '../upload-api/upload-api';

/** Seconds of one data point. All alarms and graphs use the same, so that a graph shows what an alarm saw. */
export const PERIOD = 300;

/** A metric, and the statistic that makes one value of those in a period. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Record<string, string>;
  readonly stat: 'Sum' | 'Maximum' | 'SampleCount' | 'Average' | 'p50' | 'p95' | 'p99';
}

type Stat = Metric['stat'];

/** Namespace of the metrics that the functions write: functions/lib/runtime/metrics.ts. */
export const NAMESPACE = 'ThumbnailWorkflow';

/** @param workflow the `namePrefix` of the settings, because all stacks of an account share the namespace */
export const workflowMetric = (workflow: string, name: string, stat: Stat): Metric => ({
  namespace: NAMESPACE,
  name,
  dimensions: { Workflow: workflow },
  stat,
});

/** A metric of all versions of the function: docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html */
export const functionMetric = (lambda: WorkflowFunction, name: string, stat: Stat): Metric => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: { FunctionName: lambda.name },
  stat,
});

export const queueMetric = (queue: Queue, name: string, stat: Stat): Metric => ({
  namespace: 'AWS/SQS',
  name,
  dimensions: { QueueName: queue.name },
  stat,
});

export const machineMetric = (machine: { arn: string }, name: string, stat: Stat): Metric => ({
  namespace: 'AWS/States',
  name,
  dimensions: { StateMachineArn: machine.arn },
  stat,
});

/** A metric of a rule on the default event bus: docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
export const ruleMetric = (rule: { name: string }, name: string, stat: Stat): Metric => ({
  namespace: 'AWS/Events',
  name,
  dimensions: { RuleName: rule.name },
  stat,
});

/** A metric of all routes together: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
export const apiMetric = ({ id }: UploadApi, name: string, stat: Stat): Metric => ({
  namespace: 'AWS/ApiGateway',
  name,
  dimensions: { ApiId: id },
  stat,
});

/** CloudFront has its metrics in this region, wherever the stack is. */
export const CLOUDFRONT_REGION = 'us-east-1';

/** docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html */
export const distributionMetric = ({ distributionId }: Delivery, name: string, stat: Stat): Metric => ({
  namespace: 'AWS/CloudFront',
  name,
  dimensions: { DistributionId: distributionId, Region: 'Global' },
  stat,
});

export const logMetric = (group: string, name: string, stat: Stat): Metric => ({
  namespace: 'AWS/Logs',
  name,
  dimensions: { LogGroupName: group },
  stat,
});
