/** The condition keys of a call. Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */

import { PUT_CONDITION_KEYS } from '../s3/put-context';
import type { Call } from '../service';
import type { Stack } from '../stack/model';
import { isService } from './evaluate';
import type { Context } from './pattern';

/**
 * Every key that a policy may use: those of {@link contextOf}, and those that a service adds to its call. A policy that
 * uses another is refused, since AWS would decide it differently.
 */
export const CONDITION_KEYS = [
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalServiceName',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:username',
  'dynamodb:LeadingKeys',
  'events:detail-type',
  'events:source',
  'kms:CallerAccount',
  'kms:EncryptionContext:PARAMETER_ARN',
  'kms:EncryptionContext:aws:dynamodb:subscriberId',
  'kms:EncryptionContext:aws:dynamodb:tableName',
  'kms:EncryptionContext:aws:logs:arn',
  'kms:EncryptionContext:aws:s3:arn',
  'kms:EncryptionContext:aws:sns:topicArn',
  'kms:EncryptionContext:aws:sqs:arn',
  'kms:ViaService',
  'lambda:FunctionUrlAuthType',
  'lambda:InvokedViaFunctionUrl',
  's3:delimiter',
  's3:max-keys',
  's3:prefix',
  ...PUT_CONDITION_KEYS,
];

export function contextOf(
  { principal, context = {} }: Call,
  { account, region }: Pick<Stack, 'account' | 'region'>,
): Context {
  const { arn, source } = principal;
  const service = isService(arn);
  const values: Record<string, string> = {
    // Loopback counts as TLS, because no one else can listen to it.
    'aws:SecureTransport': 'true',
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': account,
    'aws:PrincipalIsAWSService': String(service),
    ...(service
      ? { 'aws:PrincipalServiceName': arn }
      : { 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': account }),
    ...(source && { 'aws:SourceArn': source, 'aws:SourceAccount': account }),
    ...(arn.includes(':user/') && { 'aws:username': arn.split('/').at(-1)! }),
    ...context,
  };
  return new Map(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]));
}
