import type { HttpEvent } from '../../../functions/lib/http/api';
import type { HttpAnswer } from '../../../functions/lib/http/problem';
import { subjectOf } from '../../../functions/lib/http/subject';
import { claim, complete } from '../../../functions/lib/records/updates';
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
});
afterAll(async () => {
  await s3?.close();
  await table?.close();
  process.env = environment;
});

const source = sourceAt(1, {
  key: `uploads/${subjectOf(getImages().requestContext.authorizer)}/${ID}`,
});

test('before there is a record, S3 says whether the image was uploaded', async () => {
  status = 404;
  expect(await handler(getImages())).toMatchObject({ statusCode: 404 });
  expect(s3.asked.at(-1)).toMatchObject({ method: 'HEAD', url: `/${UPLOADS}/${source.key}` });
  status = 200;
  expect(bodyOf(await handler(getImages()))).toEqual({ id: ID, status: 'PROCESSING' });
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
