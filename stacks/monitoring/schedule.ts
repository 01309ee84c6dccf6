import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import type { WorkflowFunction } from '../functions/workflow-function';

export interface ScheduleProps {
  /** Name of the rule. */
  readonly name: string;
  readonly description: string;
  /** Minutes between two runs, at least 2. */
  readonly everyMinutes: number;
  /** The function to run. */
  readonly run: WorkflowFunction;
  readonly account: string;
}

/** Runs a function at a fixed interval. Lambda retries a failed run twice; then the next run takes its place. */
export class Schedule extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { name, description, everyMinutes, run, account }: ScheduleProps,
  ) {
    super(scope, id);

    const rule = new CloudwatchEventRule(this, 'rule', {
      name,
      description,
      scheduleExpression: `rate(${everyMinutes} minutes)`,
    });
    const permission = new LambdaPermission(this, 'permission', {
      statementId: 'OnlyTheSchedule',
      action: 'lambda:InvokeFunction',
      functionName: run.name,
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
      sourceAccount: account,
    });
    new CloudwatchEventTarget(this, 'target', {
      rule: rule.name,
      targetId: 'function',
      arn: run.arn,
      // A run before the permission exists would be lost silently.
      dependsOn: [permission],
    });
  }
}
