/** Placeholders and EXIF on their way from an upload to record, message and API, under the permissions of the stack. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import Ajv from 'ajv/dist/2020';
import schema from '../../contract/messages/outcome-event.schema.json';
import type { PresignedForm } from '../../functions/create-upload/create-upload';
import { schemas } from '../../scripts/openapi/schemas';
import sharp from '../fixtures/sharp';
import { app1Exif, withSegments } from '../functions/lib/prescan/build';
import { type ExifParts, exifBlock } from '../functions/lib/prescan/build-exif';
import { keyOf, sendUpload } from './send-upload';
import { Workflow } from './workflow';

jest.setTimeout(120_000);

const FIELDS = ['takenAt', 'camera', 'lens'];
const variants = [{ name: 'small', width: 64, height: 64 }];
const SETTINGS = {
  delivery: { enabled: true },
  uploadApi: {
    enabled: true,
    jwt: { issuer: 'https://id.example.com/', audience: ['photos'] },
    allowForms: true,
  },
  presets: [
    { name: 'plain', prefix: 'plain/', variants },
    { name: 'photos', variants, placeholders: true, exif: FIELDS },
    {
      name: 'places',
      prefix: 'lazy/',
      variants: [{ ...variants[0], lazy: true }],
      placeholders: true,
      exif: [...FIELDS, 'gps'],
    },
  ],
};

const EXIF: ExifParts = {
  main: { 271: 'Nikon', 272: '\u202eD90', 315: 'Ana' },
  camera: { 36867: '2026:03:12 14:07:56', 36881: '+01:00', 37521: '120' },
  gps: {
    1: 'N',
    2: [
      [52, 1],
      [31, 1],
      [12, 1],
    ],
    3: 'W',
    4: [
      [13, 1],
      [24, 1],
      [36, 1],
    ],
  },
};

/** What is taken from it. As it is, the name would turn the direction of the text after it. */
const SAYS = {
  takenAt: '2026-03-12T14:07:56.120+01:00',
  camera: 'Nikon \\u202eD90',
};
const GPS = { latitude: 52.52, longitude: -13.41 };
const PLACEHOLDERS = {
  thumbhash: expect.stringMatching(/^[\w+/]{23,}=*$/),
  blurDataURL: expect.stringMatching(/^data:image\/webp;base64,[\w+/]+=*$/),
  color: '#205080',
};

let workflow: Workflow;
let photo: Buffer;

beforeAll(async () => {
  workflow = await Workflow.start({ settings: SETTINGS, waitScale: 0.01, log: () => {} });
  const plain = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#205080' } })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
  // No encoder writes such a name.
  photo = withSegments(plain, app1Exif(exifBlock(EXIF)));
});
afterAll(() => workflow?.end());
afterEach(() => {
  // CloudFront may not list the bucket, so S3 answers 403 for a missing object.
  const denied = workflow.permissions.denied.filter(({ action }) => action !== 's3:ListBucket');
  expect(denied).toEqual([]);
});

const messageAbout = async (key: string) =>
  (await workflow.told('processed')).find(({ source }) => source.key === key) as object;

/** Asks the API for a form for the photo. */
async function formForAna() {
  const authorization = `Bearer ${await workflow.token('ana')}`;
  const api = String(workflow.stack.outputs['upload_api_url']);
  const file = { fileName: 'a.jpg', contentType: 'image/jpeg', size: photo.length };
  const asked = await fetch(`${api}/uploads`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ ...file, method: 'POST' }),
  });
  const { upload, status } = (await asked.json()) as { upload: PresignedForm; status: string };
  expect(upload.method).toBe('POST');
  return { upload, status: api + status, authorization };
}

/** Uploads the photo through the API by a form, and polls until it is done. */
async function uploadAsAna(): Promise<{ key: string; answer: { status: string } }> {
  const { upload, status, authorization } = await formForAna();
  expect((await sendUpload(upload, photo)).status).toBe(204);
  for (;;) {
    const answer = await fetch(status, { headers: { authorization } });
    const image = (await answer.json()) as { status: string };
    if (answer.ok && image.status !== 'PROCESSING') return { key: keyOf(upload), answer: image };
    await sleep(20);
  }
}

test.each([
  [1, 'EntityTooLarge'],
  [-1, 'EntityTooSmall'],
])('S3 refuses a form with %i byte more than announced: %s', async (more, code) => {
  const { upload } = await formForAna();
  const answer = await sendUpload(upload, Buffer.alloc(photo.length + more, 1));
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(`<Code>${code}</Code>`);
});

test('S3 refuses a form that was changed', async () => {
  const { upload } = await formForAna();
  const elsewhere = { ...upload, fields: { ...upload.fields, key: 'eve/stolen.jpg' } };
  const answer = await sendUpload(elsewhere, photo);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('Policy Condition failed');
});

test('record, message and API say the same, and only what the preset asks for', async () => {
  const { key, answer } = await uploadAsAna();
  await workflow.idle();
  expect(schemas.Image.parse(answer)).toEqual(answer);
  const details = { placeholders: PLACEHOLDERS, exif: SAYS };
  const { placeholders, exif } = await workflow.record(key);
  expect({ placeholders, exif }).toEqual(details);
  expect(answer).toMatchObject({ placeholders, exif });
  const message = await messageAbout(key);
  expect(message).toMatchObject({ placeholders, exif });
  for (const text of [message, answer, await workflow.record(key)].map((each) => JSON.stringify(each))) {
    expect(text).not.toMatch(/Ana|gps|52\.52/);
  }
});

test('also if every variant is made on request: then nothing but the details is made at upload', async () => {
  const key = 'lazy/canyon.jpg';
  await workflow.process(key, photo);
  const details = { placeholders: PLACEHOLDERS, exif: { ...SAYS, gps: GPS } };
  const record = await workflow.record(key);
  expect(record).toMatchObject({ status: 'DONE', thumbnails: [], ...details });
  expect((await workflow.keys('thumbnails')).filter((each) => each.startsWith('lazy/'))).toEqual([]);
  const { schema: _, ...message } = (await messageAbout(key)) as { schema: number };
  expect(message).toMatchObject(details);
  const valid = new Ajv({ strict: false, validateFormats: false }).compile({
    ...schema.$defs.ready,
    $defs: schema.$defs,
  });
  valid({ version: '1', namePrefix: 'x', ...message });
  expect(valid.errors).toBeNull();

  const [{ url }] = record['onRequest'] as [{ url: string }];
  expect((await fetch(url)).status).toBe(200);
  expect(await workflow.record(key)).toMatchObject({ thumbnails: [{ variant: 'small' }], ...details });
});

test('also of an image that is older than the workflow, once a thumbnail of it is requested', async () => {
  const key = 'lazy/older.jpg';
  await workflow.process(key, photo);
  const { id, onRequest } = (await workflow.record(key)) as { id: string; onRequest: [{ url: string }] };
  await new DynamoDBClient(workflow.client()).send(
    new DeleteItemCommand({
      TableName: String(workflow.stack.outputs['records_table']),
      Key: { id: { S: id } },
    }),
  );
  expect((await fetch(onRequest[0].url)).status).toBe(200);
  expect(await workflow.record(key)).toMatchObject({
    thumbnails: [{ variant: 'small' }],
    placeholders: PLACEHOLDERS,
    exif: { ...SAYS, gps: GPS },
  });
});

test('a preset that asks for nothing has neither, and a deletion takes both away', async () => {
  await workflow.process('plain/canyon.jpg', photo);
  for (const each of [await workflow.record('plain/canyon.jpg'), await messageAbout('plain/canyon.jpg')]) {
    expect(each).toMatchObject({ status: 'DONE' });
    expect(JSON.stringify(each)).not.toMatch(/placeholders|exif/);
  }
  const key = 'lazy/gone.jpg';
  await workflow.process(key, photo);
  expect(await workflow.record(key)).toHaveProperty('exif.gps', GPS);
  await workflow.remove(key);
  await workflow.idle();
  const tombstone = await workflow.record(key);
  expect(tombstone['status']).toBe('DELETED');
  expect(JSON.stringify(tombstone)).not.toMatch(/placeholders|exif/);
});
