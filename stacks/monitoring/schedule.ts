import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import type { WorkflowFunction } from '../functions/workflow-function';

export interface ScheduleProps {
  /** Name of the rule. */
  readonly name: string;
  readonly description: string;
  /** Minutes between two runs, 2 or more. */
  readonly everyMinutes: number;
  /** What runs. */
  readonly run: WorkflowFunction;
  readonly account: string;
}

/** Runs a function again and again. A run that fails is tried again by Lambda, twice, and then left to the next one. */
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
      // Without the permission a run is lost, and nobody hears of it.
      dependsOn: [permission],
    });
  }
}
