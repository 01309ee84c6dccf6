/** Derives what whoever deploys has to be allowed, from the types of resources in synthesized stacks. */
import { actions } from './actions.json';

interface Stack {
  resource: Record<string, Record<string, object>>;
  data: Record<string, Record<string, object>>;
}

export interface Policy {
  Version: '2012-10-17';
  Statement: { Sid: string; Effect: 'Allow'; Action: string[]; Resource: string[] }[];
}

const ACTIONS: Record<string, string[]> = actions;

/** What a statement is about, by the service of its actions. `*` where ids are known to AWS only. */
const SERVICES: Record<string, { sid: string; on: string[] }> = {
  apigateway: { sid: 'Api', on: ['arn:aws:apigateway:REGION::/*'] },
  cloudfront: { sid: 'Distribution', on: ['arn:aws:cloudfront::ACCOUNT:*'] },
  cloudwatch: {
    sid: 'AlarmsAndDashboard',
    on: [
      'arn:aws:cloudwatch:REGION:ACCOUNT:alarm:PREFIX-*',
      'arn:aws:cloudwatch::ACCOUNT:dashboard/PREFIX-*',
    ],
  },
  dynamodb: { sid: 'Table', on: ['arn:aws:dynamodb:REGION:ACCOUNT:table/PREFIX-*'] },
  events: { sid: 'Rules', on: ['arn:aws:events:REGION:ACCOUNT:rule/PREFIX-*'] },
  iam: { sid: 'Roles', on: ['arn:aws:iam::ACCOUNT:role/PREFIX-*'] },
  kms: { sid: 'Key', on: ['arn:aws:kms:REGION:ACCOUNT:key/*', 'arn:aws:kms:REGION:ACCOUNT:alias/PREFIX'] },
  lambda: {
    sid: 'Functions',
    on: [
      'arn:aws:lambda:REGION:ACCOUNT:function:PREFIX-*',
      'arn:aws:lambda:REGION:ACCOUNT:event-source-mapping:*',
    ],
  },
  logs: {
    sid: 'LogGroups',
    on: [
      'arn:aws:logs:REGION:ACCOUNT:log-group:/aws/lambda/PREFIX-*',
      'arn:aws:logs:REGION:ACCOUNT:log-group:/aws/vendedlogs/*',
    ],
  },
  s3: { sid: 'Buckets', on: ['arn:aws:s3:::PREFIX-*'] },
  servicequotas: { sid: 'Quota', on: ['*'] },
  sns: { sid: 'Topics', on: ['arn:aws:sns:REGION:ACCOUNT:PREFIX-*'] },
  sqs: { sid: 'Queues', on: ['arn:aws:sqs:REGION:ACCOUNT:PREFIX-*'] },
  states: { sid: 'StateMachine', on: ['arn:aws:states:REGION:ACCOUNT:stateMachine:PREFIX'] },
};

/** Actions for which AWS knows no resource, or none before it is created. parliament refuses any other resource for them. */
const ON_EVERYTHING = new Set([
  'cloudfront:CreateKeyGroup',
  'cloudfront:CreateOriginAccessControl',
  'cloudfront:CreatePublicKey',
  'cloudfront:DeleteKeyGroup',
  'cloudfront:DeletePublicKey',
  'cloudfront:GetKeyGroup',
  'cloudfront:GetPublicKey',
  'cloudfront:UpdateKeyGroup',
  'cloudfront:UpdatePublicKey',
  'kms:CreateKey',
  'kms:ListAliases',
  'lambda:CreateEventSourceMapping',
  'lambda:GetAccountSettings',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'sns:GetSubscriptionAttributes',
  'sns:SetSubscriptionAttributes',
  'sns:Unsubscribe',
  'states:ValidateStateMachineDefinition',
]);

/** What the checks of `npm run deploy` ask, besides what Terraform does. */
export const CHECKS = ['lambda:GetAccountSettings', 'lambda:GetFunctionConcurrency'];

/** @returns the entries of actions.json that a stack needs: types, and arguments of some of them */
export function needsOf({ resource, data }: Stack): string[] {
  const types = Object.entries(resource).flatMap(([type, blocks]) => [
    type,
    ...Object.keys(ACTIONS).filter((key) => {
      const [of, argument = ''] = key.split('.');
      return of === type && Object.values(blocks).some((block) => isGiven(block, argument));
    }),
  ]);
  return [...new Set([...types, ...Object.keys(data).map((type) => `data.${type}`)])];
}

function isGiven(block: object, argument: string): boolean {
  const value = (block as Record<string, unknown>)[argument];
  return value !== undefined && value !== false;
}

/** @throws when actions.json lacks one of them */
export function actionsFor(needs: string[]): string[] {
  const all = needs.flatMap((need) => {
    const found = ACTIONS[need];
    if (!found)
      throw new Error(`Expected ${need} in scripts/deployer/actions.json: what does Terraform call for it?`);
    return found;
  });
  return [...new Set(all)].sort();
}

/** One statement for each service, and one for what has no resource. */
export function policyOf(actions: string[]): Policy {
  const statement = (Sid: string, Action: string[], Resource: string[]) =>
    Action.length > 0 ? [{ Sid, Effect: 'Allow' as const, Action, Resource }] : [];
  const service = (action: string) => action.split(':')[0]!;
  return {
    Version: '2012-10-17',
    Statement: [
      ...Object.entries(SERVICES).flatMap(([name, { sid, on }]) =>
        statement(
          sid,
          actions.filter((action) => service(action) === name && !ON_EVERYTHING.has(action)),
          on,
        ),
      ),
      ...statement(
        'WithoutAResource',
        actions.filter((action) => ON_EVERYTHING.has(action)),
        ['*'],
      ),
    ],
  };
}
