/** What CloudWatch holds for the resources of a stack, so that no alarm and no graph looks at nothing. */
import { embedded, UNITS } from '../../../functions/lib/runtime/metrics';
import type { TerraformJson } from '../synthesized';

export interface Metric {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

interface Kind {
  /** The dimension, and what its value refers to: a type of resource, and the attribute of it. */
  dimension: string;
  resource: string;
  /** Others it has besides. */
  fixed?: Record<string, string>;
  names: string[];
}

/**
 * docs.aws.amazon.com: lambda/latest/dg/monitoring-metrics-types.html, step-functions/latest/dg/procedure-cw-metrics.html,
 * AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html,
 * eventbridge/latest/userguide/eb-monitoring.html, AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html,
 * lambda/latest/dg/urls-monitoring.html, apigateway/latest/developerguide/http-api-metrics.html,
 * AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
 */
const KINDS: Record<string, Kind> = {
  'AWS/Lambda': {
    dimension: 'FunctionName',
    resource: 'aws_lambda_function.function_name',
    names: [
      'Invocations',
      'Errors',
      'Throttles',
      'Duration',
      'ConcurrentExecutions',
      'UrlRequestCount',
      'Url4xxCount',
      'Url5xxCount',
    ],
  },
  'AWS/States': {
    dimension: 'StateMachineArn',
    resource: 'aws_sfn_state_machine.arn',
    names: [
      'ExecutionsStarted',
      'ExecutionsFailed',
      'ExecutionsSucceeded',
      'ExecutionsTimedOut',
      'ExpressExecutionBilledDuration',
      'ExpressExecutionBilledMemory',
    ],
  },
  'AWS/SQS': {
    dimension: 'QueueName',
    resource: 'aws_sqs_queue.name',
    names: [
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ],
  },
  'AWS/Events': {
    dimension: 'RuleName',
    resource: 'aws_cloudwatch_event_rule.name',
    names: ['Invocations', 'FailedInvocations', 'InvocationsSentToDlq', 'InvocationsFailedToBeSentToDlq'],
  },
  'AWS/ApiGateway': {
    dimension: 'ApiId',
    resource: 'aws_apigatewayv2_api.id',
    names: ['Count', '4xx', '5xx', 'Latency', 'IntegrationLatency', 'DataProcessed'],
  },
  'AWS/CloudFront': {
    dimension: 'DistributionId',
    resource: 'aws_cloudfront_distribution.id',
    fixed: { Region: 'Global' },
    names: ['Requests', 'BytesDownloaded', '4xxErrorRate', '5xxErrorRate', 'TotalErrorRate'],
  },
  'AWS/Logs': {
    dimension: 'LogGroupName',
    resource: 'aws_cloudwatch_log_group.name',
    names: ['IncomingBytes', 'IncomingLogEvents'],
  },
};

/** Why CloudWatch holds no such metric for this stack; undefined where it does. */
export function unknown(metric: Metric, stack: TerraformJson, workflow: string): string | undefined {
  const { namespace, name, dimensions } = metric;
  if (namespace === 'ThumbnailWorkflow') return unemitted(metric, workflow);
  const kind = KINDS[namespace];
  if (!kind?.names.includes(name)) return `${namespace} has no metric ${name}`;
  const { [kind.dimension]: value, ...others } = dimensions;
  if (JSON.stringify(others) !== JSON.stringify(kind.fixed ?? {}) || !value) {
    return `${namespace} counts by ${kind.dimension}, not by ${Object.keys(dimensions)}`;
  }
  const [, type = '', id = '', attribute] = /^\$\{(aws_\w+)\.([\w-]+)\.(\w+)\}$/.exec(value) ?? [];
  if (`${type}.${attribute}` !== kind.resource) return `${kind.dimension} is ${value}`;
  return stack.resource[type]?.[id] ? undefined : `${value} is not in the stack`;
}

/** What the functions emit, as they emit it. */
function unemitted({ namespace, name, dimensions }: Metric, workflow: string): string | undefined {
  if (!(name in UNITS)) return `No function emits ${name}`;
  const metrics = { [name]: 1 };
  const { _aws, ...members } = embedded({
    workflow,
    metrics,
    level: 'INFO',
    time: new Date(),
  }) as unknown as {
    _aws: { CloudWatchMetrics: [{ Namespace: string; Dimensions: [string[]] }] };
    [member: string]: unknown;
  };
  const [{ Namespace, Dimensions }] = _aws.CloudWatchMetrics;
  const emitted = Object.fromEntries(Dimensions[0].map((dimension) => [dimension, members[dimension]]));
  return Namespace === namespace && JSON.stringify(emitted) === JSON.stringify(dimensions)
    ? undefined
    : `${name} is emitted as ${Namespace} ${JSON.stringify(emitted)}`;
}
