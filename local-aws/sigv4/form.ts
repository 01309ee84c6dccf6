import { createHmac, timingSafeEqual } from 'node:crypto';
import { getSigningKey } from '@smithy/signature-v4';
import { AwsError, type Principal } from '../service';
import { identify } from './authenticate';
import type { Authenticated } from './authenticated';
import { ALGORITHM, credential, type Malformed, signature } from './claim';
import { Sha256 } from './sha256';

/**
 * Verifies who signed the policy of an upload form. The signature covers the policy exactly as it was sent, so the policy
 * must contain everything that the form may do.
 *
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 *
 * @param fields of the form, by lower-case name
 * @param find the principal that owns an access key
 * @throws AwsError `AccessDenied` for a form without a policy, `InvalidArgument` for a missing or malformed field,
 *   `InvalidAccessKeyId`, `InvalidToken`, `SignatureDoesNotMatch`
 */
export async function authenticateForm(
  fields: ReadonlyMap<string, string>,
  find: (accessKeyId: string) => Principal | undefined,
): Promise<Authenticated> {
  const policy = fields.get('policy');
  // A form without a policy would need a bucket that anyone may write to, and there is none.
  if (policy === undefined) throw new AwsError('AccessDenied', 'Access Denied', 403);
  const required = (name: string): string => {
    const value = fields.get(name.toLowerCase());
    if (value === undefined) {
      const message = `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`;
      throw new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: '' });
    }
    return value;
  };
  const malformed =
    (name: string): Malformed =>
    (what) =>
      new AwsError('InvalidArgument', `Error parsing the ${name} field; ${what}.`, 400, {
        ArgumentName: name,
        ArgumentValue: fields.get(name.toLowerCase()) ?? '',
      });

  if (required('X-Amz-Algorithm') !== ALGORITHM) {
    throw malformed('X-Amz-Algorithm')(`the value must be "${ALGORITHM}"`);
  }
  const claim = credential(required('X-Amz-Credential'), malformed('X-Amz-Credential'));
  if (claim.service !== 's3') throw malformed('X-Amz-Credential')('the service in its scope must be "s3"');
  if (!required('X-Amz-Date').startsWith(claim.date)) {
    throw malformed('X-Amz-Date')(`it is not on ${claim.date}, the date of the credential`);
  }
  const provided = signature(required('X-Amz-Signature'), malformed('X-Amz-Signature'));
  const principal = identify(claim.accessKeyId, fields.get('x-amz-security-token'), find);
  const key = await getSigningKey(Sha256, principal, claim.date, claim.region, claim.service);
  const expected = createHmac('sha256', key).update(policy).digest();
  if (!timingSafeEqual(expected, Buffer.from(provided, 'hex'))) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      403,
      { AWSAccessKeyId: claim.accessKeyId, StringToSign: policy, SignatureProvided: provided },
    );
  }
  const { service, region } = claim;
  return { principal, service, region, presigned: true, payload: 'UNSIGNED-PAYLOAD' };
}
