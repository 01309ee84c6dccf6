import { quoted } from '../words';

const SIGN_IN =
  'Sign in with "aws sso login", or set AWS_PROFILE, or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.';

/** @returns what is wrong with the credentials, and what to do; undefined for an error that is not about them */
export function credentialsProblem(error: Error, region: string): string | undefined {
  const { name } = error;
  const message = quoted(error.message);
  switch (name) {
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return /expired|refresh/i.test(message)
        ? `The AWS sign-in has expired (${message}). ${SIGN_IN}`
        : `No AWS credentials were found (${message}). ${SIGN_IN}`;
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return `The AWS credentials have expired (${message}). ${SIGN_IN}`;
    case 'InvalidAccessKeyId':
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return `AWS does not know the access key (${message}). It was removed or mistyped, its session token is missing, or the account has not enabled the region ${region}. ${SIGN_IN}`;
    case 'SignatureDoesNotMatch':
    case 'InvalidSignatureException':
      return `AWS refuses the signature (${message}). The secret access key does not belong to the access key, or the clock of this machine is wrong. ${SIGN_IN}`;
    case 'RequestTimeTooSkewed':
    case 'RequestExpired':
      return `The clock of this machine is wrong (${message}). Set it, then try again.`;
    default:
      return undefined;
  }
}
