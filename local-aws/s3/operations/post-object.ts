import { AwsError } from '../../service';
import { authenticateForm } from '../../sigv4';
import { type Body, declaredChecksum, declaredLength, verifyChecksum } from '../body';
import type { Service } from '../buckets';
import { invalidArgument } from '../errors';
import { Exchange } from '../exchange';
import { type Form, openForm } from '../form/parse';
import { checkFormPolicy, parseFormPolicy, type SizeRange } from '../form/policy';
import type { Reply } from '../reply';
import { checkKey, type S3Request } from '../request';
import type { ObjectVersion } from '../store/version';
import { tagsFromXml } from '../tags';
import { toXml } from '../xml';
import { writeObject, writtenHeaders } from './write';

/**
 * PostObject: what a web page's form sends. Its fields take the place of headers, and whoever signed its policy writes the
 * object.
 *
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
export async function postObject(request: S3Request, service: Service, requestId: string): Promise<Reply> {
  const length = declaredLength(request.headers, false);
  const form = await openForm(request);
  try {
    const key = keyOf(form);
    const { fields } = form;
    const authenticated = await authenticateForm(fields, service.find ?? (() => undefined));
    const policy = parseFormPolicy(fields.get('policy')!);
    const known = new Map([...fields, ['bucket', request.bucket], ['key', key]]);
    checkFormPolicy(policy, known, fields.keys(), Date.now());

    const headers = headersOf(fields);
    const exchange = new Exchange({ ...request, key, headers }, authenticated, service, requestId);
    const tagging = fields.get('tagging');
    const version = await writeObject(exchange, {
      reason: 'POST Object',
      tags: tagging === undefined ? [] : tagsFromXml(tagging),
      open: () => bodyOf(form, headers, policy.size, length),
    });
    return answer(exchange, version, fields);
  } finally {
    form.close();
  }
}

/** @throws AwsError `InvalidArgument`, `KeyTooLongError` */
function keyOf({ fields, fileName }: Form): string {
  const key = fields.get('key')?.replaceAll('${filename}', () => fileName);
  if (!key) {
    const message =
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.";
    throw invalidArgument(message, 'key', '');
  }
  checkKey(key);
  return key;
}

/** Fields that mean the same as an object's headers. All other fields are about the form. */
function headersOf(fields: Form['fields']): Map<string, string> {
  const headers = new Map(fields);
  for (const name of FORM_ONLY) headers.delete(name);
  const acl = fields.get('acl');
  if (acl !== undefined) headers.set('x-amz-acl', acl);
  return headers;
}

const FORM_ONLY = ['if-match', 'if-none-match', 'acl'];

/** The file, within the size that the policy allows. */
function bodyOf(form: Form, headers: Map<string, string>, range: SizeRange, length: number): Body {
  const checksum = declaredChecksum(headers);
  return {
    source: within(form.file, range, length),
    algorithm: checksum?.algorithm,
    verify: (digests) => verifyChecksum(checksum?.value, digests),
  };
}

/** Stops as soon as there is too much. Only the request's length shows how large the file would have been. */
async function* within(
  file: AsyncIterable<Buffer>,
  { min, max }: SizeRange,
  length: number,
): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of file) {
    size += piece.length;
    if (size > max) {
      throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
        ProposedSize: String(length),
        MaxSizeAllowed: String(max),
      });
    }
    yield piece;
  }
  if (size < min) {
    throw new AwsError(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      400,
      {
        ProposedSize: String(size),
        MinSizeAllowed: String(min),
      },
    );
  }
}

/** A form may request a redirect, or another status than 204. */
function answer(exchange: Exchange, version: ObjectVersion, fields: Form['fields']): Reply {
  const { bucket, key, stream } = exchange.request;
  const etag = `"${version.etag}"`;
  const headers = writtenHeaders(exchange, version);
  const redirect = redirection(fields.get('success_action_redirect') ?? fields.get('redirect'));
  if (redirect) {
    for (const [name, value] of Object.entries({ bucket, key, etag }))
      redirect.searchParams.append(name, value);
    return { status: 303, headers: { ...headers, location: redirect.href, 'content-length': 0 } };
  }
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  const location = `http://${stream.headers.host}/${path}`;
  switch (fields.get('success_action_status')) {
    case '200':
      return { headers: { ...headers, location, 'content-length': 0 } };
    case '201':
      return {
        status: 201,
        headers: { ...headers, location },
        body: toXml('PostResponse', { Location: location, Bucket: bucket, Key: key, ETag: etag }, false),
      };
    default:
      return { status: 204, headers: { ...headers, location } };
  }
}

/** An invalid address is ignored. */
function redirection(address: string | undefined): URL | undefined {
  return address !== undefined && /^https?:/i.test(address) && URL.canParse(address)
    ? new URL(address)
    : undefined;
}
