import { Readable } from 'node:stream';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { ImageRecord } from '../../../contract/record';
import { recordId, sourceOf } from '../../../contract/source';
import type { HttpAnswer } from '../../../functions/lib/http/problem';
import { picture } from '../../fixtures/images';
import sharp from '../../fixtures/sharp';
import { type AwsAnswers, fakeAws } from '../aws';
import { captureMetrics } from '../emitted';
import { created, imageOf, THUMBNAILS, UPLOADS } from '../support';

const written = captureMetrics('pics');
const invoke = fakeAws();

const source = sourceOf(created());
let jpeg: Buffer;
let png: Buffer;
let record: ImageRecord;
beforeAll(async () => {
  jpeg = await picture({ width: 400, height: 300 });
  png = await sharp(jpeg).png().toBuffer();
  const image = imageOf(source, { width: 400, height: 300, bytes: jpeg.length });
  record = {
    id: recordId(source),
    ...source,
    status: 'DONE',
    image,
    preset: image.preset,
    thumbnails: [],
    execution: 'arn',
    startedAt: '2026-03-12T02:00:00.000Z',
    updatedAt: '2026-03-12T02:00:00.000Z',
  };
});

const answers: AwsAnswers = {
  GetItem: () => ({ Item: marshall(record, { removeUndefinedValues: true }) }),
  UpdateItem: () => ({}),
  GetObject: ({ Bucket }) => {
    if (Bucket === UPLOADS) return { Body: Readable.from([jpeg]), ContentLength: jpeg.length };
    return { Body: Readable.from(['made']), ContentLength: 4, ETag: '"t"', ContentType: 'image/jpeg' };
  },
  PutObject: () => ({}),
};
async function get(changes: object = {}, given: AwsAnswers = answers, variables?: Record<string, string>) {
  const request = {
    rawPath: `/${source.key}/thumbnail.jpg`,
    headers: {},
    requestContext: { http: { method: 'GET' } },
    ...changes,
  };
  const { answer, ...invoked } = await invoke('render', request, given, variables);
  return { answer: answer as HttpAnswer, ...invoked };
}

test('a request repeats its calls by itself, for no state machine does, and counts what it makes', async () => {
  written.take();
  const { answer, made, inputs, clients } = await get();
  expect(answer).toMatchObject({ statusCode: 200, body: Buffer.from('made').toString('base64') });
  expect(made).toEqual(['GetItem', 'UpdateItem', 'GetObject', 'PutObject', 'UpdateItem', 'GetObject']);
  expect(clients).toEqual(made.map(() => ({ maxAttempts: 3, requestTimeout: 10_000 })));
  expect(inputs[2]).toMatchObject({ Bucket: UPLOADS, Key: source.key, VersionId: source.version });
  expect(inputs[3]).toMatchObject({
    Bucket: THUMBNAILS,
    Key: `${source.key}/thumbnail.jpg`,
    CacheControl: 'public',
    IfNoneMatch: '*',
  });
  expect(written.take()).toEqual([
    `SourceBytes{Workflow=pics} ${jpeg.length} Bytes`,
    'Thumbnails{Workflow=pics} 1 Count',
    'Rendered{Workflow=pics} 1 Count',
    `ThumbnailBytes{Workflow=pics} ${inputs[3]!['Body'].length} Bytes`,
  ]);
});

test('only thumbnails of originals below the prefix of uploads are made', async () => {
  expect((await get({}, answers, { UPLOADS_PREFIX: 'uploads/' })).answer.statusCode).toBe(200);
  expect((await get({}, answers, { UPLOADS_PREFIX: 'other/' })).answer.statusCode).toBe(404);
});

test('thumbnails are written below their prefix', async () => {
  const { inputs } = await get({ rawPath: `/t/${source.key}/thumbnail.jpg` }, answers, {
    THUMBNAILS_PREFIX: 't/',
  });
  expect(inputs[3]).toMatchObject({ Key: `t/${source.key}/thumbnail.jpg` });
});

test.each(['POST', 'PUT', 'get', 'OPTIONS'])('%s is no method of a thumbnail', async (method) => {
  const { answer, made } = await get({ requestContext: { http: { method } } });
  expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET, HEAD' } });
  expect(JSON.parse(answer.body!).detail).toBe(`Expected GET or HEAD but received ${method}.`);
  expect(made).toEqual([]);
});

test('a browser that has the thumbnail gets no body', async () => {
  const { answer } = await get({ headers: { 'if-none-match': '"t"' } });
  expect(answer).toMatchObject({ statusCode: 304, headers: { etag: '"t"' } });
  expect(answer.body).toBeUndefined();
});

test('what nobody expected is in the log, and not in the answer', async () => {
  const error = jest.spyOn(console, 'error').mockImplementation();
  const { answer } = await get({}, { GetItem: () => ({ Item: { status: 7 } }) });
  expect(answer.statusCode).toBe(500);
  expect(JSON.parse(answer.body!)).toMatchObject({
    detail: 'The thumbnail could not be made. The log of the function says why.',
  });
  expect(error).toHaveBeenCalledTimes(1);
  error.mockRestore();
});

test('sharp has only the decoders of the formats that are accepted', async () => {
  await get({}, answers, { ACCEPTED_FORMATS: 'jpeg' });
  expect((await sharp(jpeg).metadata()).format).toBe('jpeg');
  await expect(sharp(png).metadata()).rejects.toThrow('unsupported');
});
