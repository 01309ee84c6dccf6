import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Finding, stop } from './finding';

/** Who deploys, and to which account. */
export interface Caller {
  account: string;
  arn: string;
}

const SIGN_IN =
  'Sign in with "aws sso login", or set AWS_PROFILE, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.';

/** @returns who the credentials of the environment belong to, or why AWS did not say */
export async function whoDeploys(region: string): Promise<Caller | Finding> {
  const client = new STSClient({ region, maxAttempts: 2 });
  try {
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn };
  } catch (error) {
    return stop(explain(error as Error, region));
  } finally {
    client.destroy();
  }
}

/** @returns what is wrong with the credentials, and what to do */
export function explain({ name, message }: Error, region: string): string {
  switch (name) {
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return /expired|refresh/i.test(message)
        ? `The AWS sign-in has expired (${message}). ${SIGN_IN}`
        : `No AWS credentials were found (${message}). ${SIGN_IN}`;
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return `The AWS credentials have expired (${message}). ${SIGN_IN}`;
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return `AWS does not know the access key (${message}). It was removed or mistyped, its session token is missing, or the account has not enabled the region ${region}. ${SIGN_IN}`;
    case 'SignatureDoesNotMatch':
    case 'InvalidSignatureException':
      return `AWS refuses the signature (${message}). The secret access key does not belong to the access key, or the clock of this machine is wrong. ${SIGN_IN}`;
    case 'AccessDenied':
    case 'AccessDeniedException':
      return `The AWS credentials may not be used here (${message}). A policy of the organization may forbid it.`;
    default:
      return `Could not ask AWS whose credentials these are (${name}: ${message}). Can this machine reach sts.${region}.amazonaws.com?`;
  }
}
