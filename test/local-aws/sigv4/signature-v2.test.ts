import { createHmac } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { AwsError } from '../../../local-aws/service';
import { authenticate } from '../../../local-aws/sigv4';

const principal = { arn: 'arn:aws:iam::0:user/local', accessKeyId: 'AKIALOCAL', secretAccessKey: 's3cret' };
const now = new Date('2026-11-21T00:00:00Z');
const expires = now.getTime() / 1000 + 60;

function get(url: string): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url });
}

/** A URL as `aws s3 presign` writes it. The algorithm is documented, and short enough to repeat here. */
function presigned(resource: string, extra = ''): string {
  const signature = createHmac('sha1', principal.secretAccessKey)
    .update(`GET\n\n\n${expires}\n${resource}`)
    .digest('base64');
  const path = resource.includes('?') ? `${resource}&` : `${resource}?`;
  return `${path}AWSAccessKeyId=AKIALOCAL&Signature=${encodeURIComponent(signature)}&Expires=${expires}${extra}`;
}

const authenticated = (url: string, at = now) =>
  authenticate(get(url), (id) => (id === principal.accessKeyId ? principal : undefined), at);

test.each(['/bucket/key', '/bucket/a%20b%2B%C3%BC', '/bucket/key?versionId=abc'])(
  'a URL presigned with Signature Version 2 for %s is the signer’s',
  async (resource) => {
    expect(await authenticated(presigned(resource))).toMatchObject({
      principal,
      service: 's3',
      presigned: true,
    });
  },
);

test.each([
  ['another key', presigned('/bucket/key').replace('/key', '/other')],
  ['a version that is not in the signature', presigned('/bucket/key', '&versionId=abc')],
  ['a header in the query that is not in the signature', presigned('/bucket/key', '&x-amz-acl=public-read')],
  ['another expiry', presigned('/bucket/key').replace(String(expires), String(expires + 1))],
])('it does not open %s', async (_, url) => {
  await expect(authenticated(url)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
});

test('it is refused after it has expired', async () => {
  const later = new Date((expires + 1) * 1000);
  const error: AwsError = await authenticated(presigned('/bucket/key'), later).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'AccessDenied', message: 'Request has expired' });
});
