import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { RESULTS_PREFIX } from '../../contract/backfill';
import { CATALOGUE } from '../catalogue';
import type { WorkflowFunction } from '../functions/workflow-function';
import type { Topic } from '../messaging/topic';
import { type RoleProps, ServiceRole } from '../security/service-role';
import type { Statement } from '../security/statement';
import type { Settings } from '../settings/schema';
import type { Place } from '../storage/place';
import { backfillDefinition } from './definition';

export interface BackfillProps {
  readonly settings: Pick<Settings, 'namePrefix' | 'region' | 'backfill'>;
  readonly role: RoleProps;
  readonly account: string;
  readonly function: WorkflowFunction;
  readonly uploads: Place;
  readonly quarantine: Place;
  /** Gets a message when a run has ended. */
  readonly topic: Topic;
}

/** The STANDARD state machine that runs the workflow over the objects that are in the bucket already, with its role. */
export class Backfill extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: BackfillProps) {
    super(scope, id);
    const { namePrefix, region, backfill } = props.settings;
    const name = `${namePrefix}-backfill`;
    const states = (resource: string) => `arn:aws:states:${region}:${props.account}:${resource}`;
    const role = new ServiceRole(this, 'role', {
      ...props.role,
      service: 'states.amazonaws.com',
      source: { arns: [states('stateMachine:*')], account: props.account },
      statements: [
        {
          // Every version: children of a run that began before a deploy still call the previous one.
          sid: 'RunTheFunction',
          actions: ['lambda:InvokeFunction'],
          resources: [`${props.function.arn}:*`],
        },
        { sid: 'ListObjects', actions: ['s3:ListBucket'], resources: [props.uploads.arn] },
        ...readInventories(backfill.inventoryBucket),
        {
          // docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
          sid: 'WriteTheReport',
          actions: ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
          resources: [`${props.quarantine.arn}/${RESULTS_PREFIX}/*`],
        },
        // On itself, the same page has these three. By name, because a reference from the role to its machine would be a cycle.
        {
          sid: 'StartChildren',
          actions: ['states:StartExecution'],
          resources: [states(`stateMachine:${name}`)],
        },
        {
          sid: 'WatchAndStopChildren',
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [states(`execution:${name}:*`)],
        },
        {
          sid: 'RedriveChildren',
          actions: ['states:RedriveExecution'],
          resources: [states(`execution:${name}/*:*`)],
        },
        { sid: 'TellOfTheEnd', actions: ['sns:Publish'], resources: [props.topic.arn] },
      ],
    });
    const machine = new SfnStateMachine(this, 'state-machine', {
      name,
      type: 'STANDARD',
      roleArn: role.arn,
      definition: JSON.stringify(
        backfillDefinition(
          {
            backfill: props.function.versionArn,
            uploads: props.uploads.name,
            results: { bucket: props.quarantine.name, prefix: RESULTS_PREFIX },
            topic: props.topic.arn,
            inventoryBucket: backfill.inventoryBucket,
          },
          CATALOGUE.backfill.timeoutSeconds,
          backfill.concurrency,
        ),
      ),
      dependsOn: [role.policy],
    });
    this.arn = machine.arn;
  }
}

const readInventories = (bucket: string | undefined): Statement[] =>
  bucket === undefined
    ? []
    : [{ sid: 'ReadInventories', actions: ['s3:GetObject'], resources: [`arn:aws:s3:::${bucket}/*`] }];
