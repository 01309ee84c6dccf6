/** The metrics of AWS services that the engine produces itself. Functions add others by logging them. */

import type { MetricStat, Stack } from '../stack/model';

type Resources = Pick<
  Stack,
  'functions' | 'functionUrls' | 'apis' | 'queues' | 'stateMachines' | 'rules' | 'schedules'
>;

interface Made {
  names: string[];
  /** Their only dimension, and the values that it can have. */
  dimension: string;
  values: (stack: Resources, metric: string) => string[];
}

const nameOf = ({ name }: { name: string }) => name;

const MADE: Record<string, Made> = {
  // docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  'AWS/Lambda': {
    names: [
      'Invocations',
      'Errors',
      'Throttles',
      'Duration',
      'UrlRequestCount',
      'Url4xxCount',
      'Url5xxCount',
    ],
    dimension: 'FunctionName',
    values: ({ functions, functionUrls }, metric) =>
      metric.startsWith('Url') ? functionUrls.map(({ functionName }) => functionName) : functions.map(nameOf),
  },
  // docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
  'AWS/ApiGateway': {
    names: ['Count', '4xx', '5xx'],
    dimension: 'ApiId',
    values: ({ apis }) => apis.map(({ id }) => id),
  },
  // docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  'AWS/SQS': {
    names: ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'],
    dimension: 'QueueName',
    values: ({ queues }) => queues.map(nameOf),
  },
  // docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
  'AWS/States': {
    names: [
      'ExecutionsStarted',
      'ExecutionsSucceeded',
      'ExecutionsFailed',
      'ExecutionsTimedOut',
      'ExecutionTime',
    ],
    dimension: 'StateMachineArn',
    values: ({ stateMachines }) => stateMachines.map(({ arn }) => arn),
  },
  // docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
  'AWS/Events': {
    names: ['Invocations', 'FailedInvocations', 'InvocationsSentToDlq', 'InvocationsFailedToBeSentToDlq'],
    dimension: 'RuleName',
    values: ({ rules, schedules }) => [...rules, ...schedules].map(nameOf),
  },
};

/** @throws Error for an AWS metric that the engine doesn't produce: an alarm on it would never go off */
export function checkMade({ namespace, name, dimensions }: Omit<MetricStat, 'stat'>, stack: Resources): void {
  if (!namespace.startsWith('AWS/')) return;
  const made = MADE[namespace];
  if (!made) {
    throw new Error(
      `Expected a metric of ${Object.keys(MADE).join(', ')} or of your own but received ${namespace}`,
    );
  }
  if (!made.names.includes(name)) {
    throw new Error(`Expected ${made.names.join(', ')} of ${namespace} but received ${name}`);
  }
  const [[dimension, value] = [], ...others] = Object.entries(dimensions);
  if (dimension !== made.dimension || others.length > 0) {
    throw new Error(
      `Expected the dimension ${made.dimension} of ${namespace} ${name} but received ${Object.keys(dimensions).join(', ') || 'none'}`,
    );
  }
  if (!made.values(stack, name).includes(value!)) {
    throw new Error(
      `Expected a ${made.dimension} of the stack for ${namespace} ${name} but received ${value}`,
    );
  }
}
