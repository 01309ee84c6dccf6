import type { HttpEvent } from '../../../functions/lib/http/api';
import type { HttpAnswer } from '../../../functions/lib/http/problem';
import { callerOf } from '../../../functions/lib/http/subject';
import { Subjects } from '../../../functions/lib/records/subjects';
import { claim, complete } from '../../../functions/lib/records/updates';
import { fingerprintOf } from '../../../stacks/settings/signing';
import { keyPair } from '../../fixtures/key-pair';
import { bodyOf, getImages, ID } from '../http';
import { type Asked, type LocalServer, s3Error, script } from '../server';
import { EXECUTION, imageOf, NOW, sourceAt, TABLE, thumbnailOf, UPLOADS } from '../support';
import { type RecordsTable, recordsTable } from '../table';

const environment = { ...process.env };

let table: RecordsTable;
let s3: LocalServer & { asked: Asked[] };
let status = 200;
let handler: (event: HttpEvent) => Promise<HttpAnswer>;
beforeAll(async () => {
  table = await recordsTable();
  s3 = await script((response) => s3Error(response, status, 'Code'));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    TABLE_NAME: TABLE,
    UPLOADS_BUCKET: UPLOADS,
    UPLOADS_PREFIX: 'uploads/',
    DELIVERY_URL: 'https://d111111abcdef8.cloudfront.net',
  });
  handler = require('../../../functions/get-image/handler').handler;
  await new Subjects(TABLE).give(callerOf(getImages().requestContext.authorizer), SUBJECT, NOW);
});
afterAll(async () => {
  await s3?.close();
  await table?.close();
  process.env = environment;
});

const SUBJECT = '0123456789abcdef0123456789abcdef';
const source = sourceAt(1, { key: `uploads/${SUBJECT}/${ID}` });

test('before the first upload of a user there is no image', async () => {
  const { requestContext } = getImages();
  const { iam } = requestContext.authorizer as { iam: object };
  const ofAnother = { ...requestContext, authorizer: { iam: { ...iam, userId: 'AROAEXAMPLE:another' } } };
  expect(await handler(getImages({ requestContext: ofAnother }))).toMatchObject({ statusCode: 404 });
});

test('before there is a record, S3 says whether the image was uploaded', async () => {
  const id = ID.replace(/^./, '1');
  const event = getImages({ pathParameters: { id } });
  status = 404;
  expect(await handler(event)).toMatchObject({ statusCode: 404 });
  expect(s3.asked.at(-1)).toMatchObject({
    method: 'HEAD',
    url: `/${UPLOADS}/${source.key.replace(ID, id)}`,
  });
  status = 200;
  expect(bodyOf(await handler(event))).toEqual({ id, status: 'PROCESSING' });
});

test('after that, the record says so', async () => {
  const image = imageOf(source);
  await table.records.apply(claim(image, [], EXECUTION, NOW));
  expect(bodyOf(await handler(getImages())).status).toBe('PROCESSING');

  await table.records.apply(complete(image, { items: [thumbnailOf(source)] }, EXECUTION, NOW));
  const answer = await handler(getImages());
  expect(bodyOf(answer).status).toBe('DONE');
  const headers = { ...getImages().headers, 'if-none-match': answer.headers['etag'] };
  expect((await handler(getImages({ headers }))).statusCode).toBe(304);
});

describe('where viewers need signed URLs', () => {
  const { publicKey, privateKey } = keyPair();
  const id = ID.replace(/^./, '2');
  const request = (changes: Partial<HttpEvent> = {}) => getImages({ pathParameters: { id }, ...changes });
  let parameter = '';
  let ssmError = '';
  let ssm: LocalServer & { asked: Asked[] };
  let sign: typeof handler;
  beforeAll(async () => {
    const image = imageOf(sourceAt(1, { key: `uploads/${SUBJECT}/${id}` }));
    await table.records.apply(complete(image, { items: [thumbnailOf(image.source)] }, EXECUTION, NOW));
    ssm = await script((response) => {
      response.writeHead(ssmError ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(ssmError ? { __type: ssmError } : { Parameter: { Value: parameter } }));
    });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SSM: ssm.endpoint,
      SIGNING_KEY_IDS: JSON.stringify({ [fingerprintOf(publicKey)]: 'KONE' }),
      SIGNING_KEY_PARAMETER: '/team/key',
      SIGNED_URL_SECONDS: '3600',
    });
  });
  // An instance keeps the key that it has read.
  beforeEach(() => {
    jest.resetModules();
    sign = require('../../../functions/get-image/handler').handler;
  });
  afterAll(() => ssm?.close());

  test('an answer with a key that the CDN does not trust is an error of the function, which raises an alarm', async () => {
    parameter = keyPair().privateKey;
    await expect(sign(request())).rejects.toThrow('Expected the parameter /team/key to hold');
  });

  test.each([
    ['ParameterNotFound', 'Put the private key there'],
    ['AccessDeniedException', 'delivery.signing.kmsKeyArn'],
    ['InvalidKeyId', 'The KMS key that encrypts it is disabled'],
  ])('%s of SSM, which names nothing, says which parameter it is and what to do', async (name, advice) => {
    ssmError = name;
    const failed = sign(request());
    await expect(failed).rejects.toThrow(
      `Could not read the parameter /team/key, which holds the private key`,
    );
    await expect(failed).rejects.toMatchObject({ name, message: expect.stringContaining(advice) });
    ssmError = '';
  });

  test('a throttled SSM asks the client to retry', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    ssmError = 'ThrottlingException';
    expect(await sign(request())).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    ssmError = '';
    warn.mockRestore();
  });

  test('they are signed with the key that the parameter holds, and stay the same', async () => {
    parameter = privateKey;
    const answer = await sign(request());
    expect(bodyOf(answer).thumbnails[0].url).toMatch(/\?v=\w+&Expires=\d+&Key-Pair-Id=KONE&Signature=/);
    expect(ssm.asked.at(-1)!.headers['x-amz-target']).toBe('AmazonSSM.GetParameter');
    const reads = ssm.asked.length;
    const headers = { ...request().headers, 'if-none-match': answer.headers['etag'] };
    const again = await sign(request({ headers }));
    // At the end of half a lifetime all URLs change.
    if (again.statusCode === 200) expect(again.headers['etag']).not.toBe(answer.headers['etag']);
    else expect(again.statusCode).toBe(304);
    expect(ssm.asked.length).toBe(reads);
  });
});

test('a request without an id finds nothing', async () => {
  expect(await handler(getImages({ pathParameters: undefined }))).toMatchObject({ statusCode: 404 });
});

test('an anonymous request learns nothing about an image', async () => {
  expect(await handler(getImages({ requestContext: {} }))).toMatchObject({ statusCode: 401 });
});

describe('faults', () => {
  const another = () => getImages({ pathParameters: { id: ID.replace(/^./, '0') } });
  let warn: jest.SpyInstance;
  beforeEach(() => {
    warn = jest.spyOn(console, 'warn').mockImplementation();
  });
  afterEach(() => warn.mockRestore());

  test.each([500, 503])('a temporary %i of S3 asks the client to retry', async (code) => {
    status = code;
    const answer = await handler(another());
    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    expect(bodyOf(answer).error).toBe('TransientError');
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test('a missing permission is an error of the function, which raises an alarm', async () => {
    status = 403;
    await expect(handler(another())).rejects.toThrow('Access denied');
  });
});
