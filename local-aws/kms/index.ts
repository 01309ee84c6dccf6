/**
 * KMS on this machine. Nothing is encrypted, but a call that makes a service use a key is allowed only if the
 * caller may use that key through that service, by the policies of both.
 */

import { AwsError, type Call, type Gate, type Principal } from '../service';
import type { Key, Stack } from '../stack/model';

/** A service that encrypts data with its caller's permissions. */
export type Encrypting = 'dynamodb' | 's3' | 'sns' | 'sqs' | 'ssm';

/** What a service asks of KMS: `Decrypt` for existing data, `GenerateDataKey`, or `Encrypt` of a few bytes, for new data. */
export type KeyAction = 'Decrypt' | 'Encrypt' | 'GenerateDataKey';

/**
 * Asks whether the caller may let a service do something with a key.
 *
 * @param key ARN; undefined if the data isn't encrypted with a KMS key, so that there is nothing to ask
 * @param context the encryption context, which says what is encrypted
 * @throws AwsError as the service that uses the key would report it
 */
export type UseKey = (
  principal: Principal,
  key: string | undefined,
  actions: KeyAction[],
  context: Record<string, string>,
) => Promise<void>;

export interface Kms {
  /** The access one service has to the keys of its callers. */
  through(service: Encrypting): UseKey;
  /**
   * ARN of a key.
   * @param reference ARN, id, alias or ARN of an alias
   * @returns undefined if there is no such key
   */
  find(reference: string): string | undefined;
}

export interface KmsOptions extends Pick<Stack, 'account' | 'region'> {
  keys: Key[];
  gate: Gate;
}

export function createKms({ keys, account, region, gate }: KmsOptions): Kms {
  function callOf(principal: Principal, service: Encrypting): Pick<Call, 'principal' | 'context'> {
    if (principal.arn.startsWith('arn:')) {
      const context = {
        'kms:CallerAccount': account,
        'kms:ViaService': `${service}.${region}.amazonaws.com`,
      };
      return { principal, context };
    }
    return { principal: UNNAMED_SOURCE.includes(principal.arn) ? without(principal) : principal };
  }

  return {
    find: (reference) => keys.find(({ arn, names }) => arn === reference || names.includes(reference))?.arn,
    through: (service) => async (principal, key, actions, encryption) => {
      if (key === undefined) return;
      const call = callOf(principal, service);
      const context = { ...call.context, ...inContext(encryption) };
      for (const action of actions) {
        await gate({ principal: call.principal, action: `kms:${action}`, resource: key, context }).catch(
          (error: unknown) => {
            throw error instanceof AwsError ? wordedBy(service, error) : error;
          },
        );
      }
    },
  };
}

/** The condition keys of an encryption context. */
export function inContext(encryption: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(encryption).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
  );
}

/**
 * Services that don't name the resource they act for, so that key policies can't check `aws:SourceArn`.
 * Source: docs.aws.amazon.com/sns/latest/dg/sns-key-management.html, "event sources"
 */
const UNNAMED_SOURCE = ['events.amazonaws.com'];

const without = ({ source: _, ...principal }: Principal): Principal => principal;

/**
 * How each service reports that KMS has denied something, or is unavailable.
 *
 * Source: the errors of PutObject, Publish, SendMessage and PutItem in the API references. DynamoDB's message was taken
 * from its answers.
 */
interface Words {
  denied: string;
  status: number;
  throttled: string;
  failed: string;
  /** Prefix of the message of a denial. */
  before?: string;
}

const WORDS: Record<Encrypting, Words> = {
  s3: { denied: 'AccessDenied', status: 403, throttled: 'SlowDown', failed: 'InternalError' },
  sns: {
    denied: 'KMSAccessDeniedException',
    status: 400,
    throttled: 'KMSThrottlingException',
    failed: 'InternalError',
  },
  sqs: { denied: 'KmsAccessDenied', status: 400, throttled: 'KmsThrottled', failed: 'InternalFailure' },
  dynamodb: {
    denied: 'AccessDenied',
    status: 400,
    throttled: 'ThrottlingException',
    failed: 'InternalServerError',
    before: 'KMS key access denied error: com.amazonaws.services.kms.model.AWSKMSException: ',
  },
  ssm: {
    denied: 'AccessDeniedException',
    status: 400,
    throttled: 'ThrottlingException',
    failed: 'InternalServerError',
  },
};

function wordedBy(service: Encrypting, error: AwsError): AwsError {
  const { code, message, status } = error;
  const { denied, throttled, failed, before = '', ...words } = WORDS[service];
  if (code === 'AccessDenied') return new AwsError(denied, before + message, words.status);
  if (code === 'ThrottlingException') return new AwsError(throttled, message, status);
  return code === 'InternalFailure' ? new AwsError(failed, message, status) : error;
}
