/**
 * How an app uses both endpoints: it has an upload signed, uploads, asks whether the image is ready, and loads thumbnails from the
 * CDN.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { ProcessedMessage } from '../../contract/messages/processed';
import example from '../../examples/delivery.settings.json';
import { picture } from '../fixtures/images';
import sharp from '../fixtures/sharp';
import { inOrder } from './in-order';
import { keyOf, type Signed, sendUpload } from './send-upload';
import { Workflow } from './workflow';

const SETTINGS = { ...example, limits: { bytes: 200_000 } };

interface Created {
  id: string;
  status: string;
  upload: Signed;
}

interface Answer {
  status: string;
  thumbnails: { variant: string; url: string; width: number; height: number; bytes?: number }[];
  srcset: string;
  error?: { name: string };
}

let workflow: Workflow;
let api: string;
let cdn: string;
let ana: string;
let photo: Buffer;

beforeAll(async () => {
  workflow = await Workflow.start({ settings: SETTINGS, waitScale: 0.01, log: () => {} });
  api = String(workflow.stack.outputs['upload_api_url']);
  cdn = String(workflow.stack.outputs['delivery_url']);
  ana = await workflow.token('ana');
  photo = await picture({ width: 800, height: 600 });
});
afterAll(() => workflow?.end());
afterEach(() => {
  // CloudFront may not list the bucket, so S3 answers 403 for a missing object.
  const denied = workflow.permissions.denied.filter(({ action }) => action !== 's3:ListBucket');
  expect(denied).toEqual([]);
});

const call = (path: string, token: string | null, init: RequestInit = {}) =>
  fetch(`${api}${path}`, {
    ...init,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(init.headers as object) },
  });

const ask = (body: object, token: string | null = ana) =>
  call('/uploads', token, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function created(file: Buffer | string = photo): Promise<Created> {
  const answer = await ask({ fileName: 'canyon.jpg', contentType: 'image/jpeg', size: file.length });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Created;
}

const send = ({ upload }: Pick<Created, 'upload'>, file: Buffer | string) => sendUpload(upload, file);

/** Polls until the image is no longer PROCESSING, as an app does. */
async function ready({ status }: Pick<Created, 'status'>): Promise<Answer> {
  for (;;) {
    const answer = await call(status, ana);
    expect(answer.status).toBe(200);
    const image = (await answer.json()) as Answer;
    if (image.status !== 'PROCESSING') return image;
    await sleep(20);
  }
}

type Put = Extract<Signed, { method: 'PUT' }>;

const without = (headers: Record<string, string>, name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));

const urlOf = ({ thumbnails }: Answer, name: string) =>
  thumbnails.find(({ variant }) => variant === name)?.url as string;

async function shown(url: string) {
  const answer = await fetch(url);
  const body = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, cache: answer.headers.get('x-cache'), headers: answer.headers, body };
}

describe('an image of a signed-in user', () => {
  const step = inOrder();
  let uploaded: Created;
  let image: Answer;

  step('is uploaded and can be polled until it is done', async () => {
    uploaded = await created();
    expect((await call(uploaded.status, ana)).status).toBe(404);
    expect((await send(uploaded, photo)).status).toBe(200);
    image = await ready(uploaded);
    expect(image).toMatchObject({
      status: 'DONE',
      thumbnails: [
        { variant: 'small', width: 320, height: 240, bytes: expect.any(Number) },
        { variant: 'large', width: 800, height: 600 },
      ],
    });
    expect(image.srcset).toContain(`${urlOf(image, 'small')} 320w`);
  });

  step('has its eager thumbnail on the CDN, first from S3 and then from the cache', async () => {
    const first = await shown(urlOf(image, 'small'));
    expect([first.status, first.cache]).toEqual([200, 'Miss from cloudfront']);
    expect(await sharp(first.body).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 240 });
    expect(first.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await shown(urlOf(image, 'small'))).cache).toBe('Hit from cloudfront');
  });

  step('has its lazy thumbnail made by the first request and cached for the next', async () => {
    const key = new URL(urlOf(image, 'large')).pathname.slice(1);
    expect(await workflow.keys('thumbnails')).not.toContain(key);
    const first = await shown(urlOf(image, 'large'));
    expect([first.status, first.cache]).toEqual([200, 'Miss from cloudfront']);
    expect(await sharp(first.body).metadata()).toMatchObject({ format: 'jpeg', width: 800, height: 600 });
    const again = await shown(urlOf(image, 'large'));
    expect(again.cache).toBe('Hit from cloudfront');
    expect(again.body).toEqual(first.body);
    expect(await workflow.keys('thumbnails')).toContain(key);
    // From now on it is part of the record, with its size.
    const { thumbnails } = await ready(uploaded);
    expect(thumbnails.find(({ variant }) => variant === 'large')?.bytes).toBe(first.body.length);
  });

  step(
    'shows in no URL who uploaded it: its folder is random, and the same for each upload of the user',
    async () => {
      const [folder] = keyOf(uploaded.upload).split('/');
      expect(folder).toMatch(/^[0-9a-f]{32}$/);
      expect(new URL(urlOf(image, 'small')).pathname.split('/')[1]).toBe(folder);
      expect(keyOf((await created()).upload)).toMatch(new RegExp(`^${folder}/`));
    },
  );

  step('does not exist for another user', async () => {
    const eve = await workflow.token('eve');
    const answer = await call(uploaded.status, eve);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  step('costs little to poll: an unchanged answer is a 304', async () => {
    const etag = (await call(uploaded.status, ana)).headers.get('etag') as string;
    expect((await call(uploaded.status, ana, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  step('has new URLs once it is replaced, and they never show the old image', async () => {
    const wide = await picture({ width: 800, height: 400 });
    await workflow.upload(keyOf(uploaded.upload), wide, 'image/jpeg');
    await workflow.idle();
    const now = await ready(uploaded);
    for (const [name, height] of [
      ['small', 160],
      ['large', 400],
    ] as const) {
      expect(urlOf(now, name)).not.toBe(urlOf(image, name));
      const { status, cache, body } = await shown(urlOf(now, name));
      expect([status, cache]).toEqual([200, 'Miss from cloudfront']);
      expect((await sharp(body).metadata()).height).toBe(height);
    }
  });
});

test('what the API signs for one upload takes one of 40, whether they come at once or later', async () => {
  const { upload } = await created();
  const sent = await Promise.all(Array.from({ length: 20 }, () => sendUpload(upload, photo)));
  for (let n = 0; n < 20; n++) sent.push(await sendUpload(upload, photo));
  expect(sent.filter(({ status }) => status === 200)).toHaveLength(1);
  const others = sent.filter(({ status }) => status !== 200);
  expect(others.map(({ status }) => status)).toEqual(Array(39).fill(412));
  expect(await others[0]?.text()).toContain('<Code>PreconditionFailed</Code>');

  const { Versions } = await workflow.s3.send(
    new ListObjectVersionsCommand({ Bucket: workflow.bucket('uploads'), Prefix: keyOf(upload) }),
  );
  expect(Versions).toHaveLength(1);
});

describe('a refused upload', () => {
  test.each([1, -1])('S3 itself refuses a file that has %i byte more than announced', async (more) => {
    const answer = await send(await created(), Buffer.alloc(photo.length + more, 1));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  test('the API refuses a stated size above the limit before anything is sent', async () => {
    const answer = await ask({ fileName: 'huge.jpg', contentType: 'image/jpeg', size: 200_001 });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ status: 413, error: 'ImageTooLarge' });
  });

  test.each<[string, (upload: Put) => Put]>([
    ['another key', (put) => ({ ...put, url: put.url.replace(/[0-9a-f]{32}/, 'f'.repeat(32)) })],
    ['another type', (put) => ({ ...put, headers: { ...put.headers, 'Content-Type': 'text/html' } })],
    ['another name', (put) => ({ ...put, headers: { ...put.headers, 'x-amz-meta-file-name': 'a.exe' } })],
    ['leave to replace an object', (put) => ({ ...put, headers: without(put.headers, 'If-None-Match') })],
    ['other metadata', (put) => ({ ...put, headers: { ...put.headers, 'x-amz-meta-more': '1' } })],
    [
      'another storage class',
      (put) => ({ ...put, headers: { ...put.headers, 'x-amz-storage-class': 'GLACIER' } }),
    ],
  ])('S3 refuses a signed upload that was changed: %s', async (_, change) => {
    const { upload } = await created();
    const answer = await sendUpload(change(upload as Put), photo);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toMatch(/<Code>(SignatureDoesNotMatch|AccessDenied)</);
  });

  test('the API signs no form, since that could be used again, unless the settings say so', async () => {
    const answer = await ask({ fileName: 'a.jpg', contentType: 'image/jpeg', size: 1, method: 'POST' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ faults: [{ pointer: '/method' }] });
  });

  test('text that claims to be a photo fails, and the API names the error', async () => {
    const notes = await created('just text');
    expect((await send(notes, 'just text')).status).toBe(200);
    expect(await ready(notes)).toMatchObject({ status: 'FAILED', error: { name: 'UnsupportedFormat' } });
  });

  test('an undeclared variant of a missing image is answered with 404', async () => {
    const { body, status, headers } = await shown(`${cdn}/ana/none.jpg/huge.jpg`);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.parse(String(body))).toMatchObject({ status: 404 });
  });
});

describe('an anonymous request', () => {
  test('is refused at every endpoint', async () => {
    await workflow.process('private.jpg', photo);
    const { upload } = await created();
    const bucket = workflow.bucket('thumbnails');
    const functionUrl = workflow.publicEndpoints.find(({ kind }) => kind === 'function-url')?.url;
    const key = (await workflow.keys('thumbnails'))[0] as string;
    const data = new FormData();
    data.append('key', 'anonymous.jpg');
    data.append('file', new Blob([new Uint8Array(photo)]));
    const answers = {
      'ask for an upload': await ask({ fileName: 'a.jpg', contentType: 'image/jpeg', size: 1 }, null),
      'ask for an image': await call('/images/8b0dd1b4-5d44-4a0e-8a6e-0c5f3a0f3c55.jpg', null),
      'form without a policy': await fetch(`${workflow.endpoint}/${workflow.bucket('uploads')}`, {
        method: 'POST',
        body: data,
      }),
      'signed upload without its signature': await fetch(upload.url.split('?')[0] as string, {
        method: 'PUT',
        body: new Uint8Array(photo),
      }),
      thumbnail: await fetch(`${workflow.endpoint}/${bucket}/${key}`),
      'function URL': await fetch(`${functionUrl}/${key}`),
    };
    expect(Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]))).toEqual({
      'ask for an upload': 401,
      'ask for an image': 401,
      'form without a policy': 403,
      'signed upload without its signature': 403,
      thumbnail: 403,
      'function URL': 403,
    });
  });
});

test.each([
  ['a b.jpg', 'a~20b.jpg'],
  ['a+b.jpg', 'a~2Bb.jpg'],
  ['a(1).jpg', 'a~281~29.jpg'],
  ['ä.jpg', '~C3~A4.jpg'],
  ['日本.jpg', '~E6~97~A5~E6~9C~AC.jpg'],
  ['/a//b~1.jpg', '~/a/~/b~7E1.jpg'],
])(
  'the thumbnails of %j have URLs that need no escapes, and the original keeps its name',
  async (name, folder) => {
    await workflow.process(name, photo);
    const { status, key, thumbnails, onRequest } = (await workflow.record(name)) as {
      status: string;
      key: string;
    } & Record<'thumbnails' | 'onRequest', { key: string; url: string }[]>;
    expect([status, key]).toEqual(['DONE', name]);
    const [told] = (await workflow.told('processed')).slice(-1) as unknown as [ProcessedMessage];
    expect(told).toMatchObject({ source: { key: name }, thumbnails, onRequest });

    const urls = [...thumbnails, ...onRequest].map(({ url }) => url);
    const version = expect.stringMatching(/^[0-9a-f]{10}$/);
    expect(urls.map((url) => url.split('?v='))).toEqual([
      [`${cdn}/${folder}/small.jpg`, version],
      [`${cdn}/${folder}/large.jpg`, version],
    ]);
    for (const url of urls) {
      const first = await shown(url);
      expect([first.status, first.cache]).toEqual([200, 'Miss from cloudfront']);
      expect(await sharp(first.body).metadata()).toMatchObject({ format: 'jpeg' });
      expect(await workflow.keys('thumbnails')).toContain(new URL(url).pathname.slice(1));
    }
    // Both are gone with the original.
    await workflow.remove(name);
    await workflow.idle();
    expect((await workflow.keys('thumbnails')).filter((each) => each.startsWith(`${folder}/`))).toEqual([]);
  },
);

test('an original without a record gets its thumbnails on request', async () => {
  const key = 'archive/old.jpg';
  await workflow.process(key, photo);
  const made = (await workflow.record(key))['thumbnails'] as { key: string }[];
  expect(made).toHaveLength(1);
  await new DynamoDBClient(workflow.client()).send(
    new DeleteItemCommand({
      TableName: workflow.stack.outputs['records_table'] as string,
      Key: { id: { S: `${workflow.bucket('uploads')}/${key}` } },
    }),
  );
  const { status, body } = await shown(`${cdn}/${key}/large.jpg`);
  expect(status).toBe(200);
  expect(await sharp(body).metadata()).toMatchObject({ width: 800, height: 600 });
  expect(await workflow.record(key)).toMatchObject({ status: 'DONE', thumbnails: [{ variant: 'large' }] });
});
