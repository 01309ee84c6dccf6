/** A small stack with a function that runs on a schedule and logs a metric, and with alarms on that. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { zipOf } from '../lambda/zip';

type Json = Record<string, unknown>;

const trust = (service: string) =>
  JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
    },
  });

/** Notifies the operations topic of every change. */
export function alarm(name: string, measure: Json, rules: Json = {}): Json {
  return {
    alarm_name: `shop-${name}`,
    alarm_description: `About ${name}.`,
    comparison_operator: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    evaluation_periods: 1,
    treat_missing_data: 'notBreaching',
    alarm_actions: ['${aws_sns_topic.operations.arn}'],
    ok_actions: ['${aws_sns_topic.operations.arn}'],
    ...measure,
    ...rules,
  };
}

export const metric = (namespace: string, name: string, dimensions: Json, statistic = 'Sum'): Json => ({
  namespace,
  metric_name: name,
  dimensions,
  statistic,
  period: 60,
});

export const COUNT = '${aws_lambda_function.count.function_name}';

export interface StackOptions {
  /** The function's `index.js`. */
  code: string;
  alarms: Record<string, Json>;
  /** Changes to the permission; null for no permission. */
  permission?: Json | null;
  /** Whether the topic allows CloudWatch to publish. @default true */
  mayPublish?: boolean;
}

/** @returns path of the stack, as synth would write it */
export function writeStack(folder: string, options: StackOptions): string {
  const { code, alarms, permission = {}, mayPublish = true } = options;
  const file = path.join(folder, 'cdk.tf.json');
  writeFileSync(
    file,
    JSON.stringify(stackOf(zipOf(folder, { 'index.js': code }), alarms, permission, mayPublish)),
  );
  return file;
}

function stackOf(
  filename: string,
  alarms: Record<string, Json>,
  permission: Json | null,
  mayPublish: boolean,
): Json {
  return {
    provider: { aws: [{ region: 'us-east-1' }] },
    resource: {
      aws_iam_role: {
        count: { name: 'shop-count', assume_role_policy: trust('lambda.amazonaws.com') },
      },
      aws_lambda_function: {
        count: {
          function_name: 'shop-count',
          role: '${aws_iam_role.count.arn}',
          runtime: 'nodejs22.x',
          handler: 'index.handler',
          filename,
          publish: true,
        },
      },
      aws_cloudwatch_event_rule: {
        every: { name: 'shop-every', schedule_expression: 'rate(5 minutes)' },
      },
      aws_cloudwatch_event_target: {
        count: { rule: '${aws_cloudwatch_event_rule.every.name}', arn: '${aws_lambda_function.count.arn}' },
      },
      ...(permission && {
        aws_lambda_permission: {
          count: {
            statement_id: 'TheSchedule',
            action: 'lambda:InvokeFunction',
            function_name: COUNT,
            principal: 'events.amazonaws.com',
            source_arn: '${aws_cloudwatch_event_rule.every.arn}',
            ...permission,
          },
        },
      }),
      aws_sqs_queue: { dead: { name: 'shop-dead' } },
      aws_sns_topic: { operations: { name: 'shop-operations' } },
      aws_sns_topic_subscription: {
        someone: {
          topic_arn: '${aws_sns_topic.operations.arn}',
          protocol: 'email',
          endpoint: 'ops@example.com',
        },
      },
      ...(mayPublish && {
        aws_sns_topic_policy: {
          operations: {
            arn: '${aws_sns_topic.operations.arn}',
            policy: JSON.stringify({
              Statement: {
                Effect: 'Allow',
                Principal: { Service: 'cloudwatch.amazonaws.com' },
                Action: 'sns:Publish',
                Resource: '${aws_sns_topic.operations.arn}',
                Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:*:alarm:shop-*' } },
              },
            }),
          },
        },
      }),
      aws_cloudwatch_metric_alarm: alarms,
    },
  };
}
