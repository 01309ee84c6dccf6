import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { picture } from '../fixtures/images';
import sharp from '../fixtures/sharp';
import { pathOf, Workflow } from './workflow';

let workflow: Workflow;

beforeAll(async () => {
  workflow = await Workflow.start({ log: () => {} });
});

afterAll(() => workflow?.end());

test('a photo becomes an upright thumbnail, a record and an email', async () => {
  const photo = await picture({ width: 900, height: 600, orientation: 6, metadata: true });
  const summary = await workflow.process('holiday/quadrants.jpg', photo);

  expect(pathOf(summary)).toEqual(['Validate', 'Thumbnail', 'StoreMetadata', 'Notify']);
  expect(summary.status).toBe('SUCCEEDED');

  const thumbnail = await workflow.object('thumbnails', 'holiday/quadrants.jpg/thumbnail.jpg');
  expect(thumbnail.ContentType).toBe('image/jpeg');
  expect(thumbnail.CacheControl).toBe('public, max-age=1209600');
  expect(thumbnail.Metadata).toMatchObject({
    'source-bucket': workflow.bucket('uploads'),
    'source-key': 'holiday%2Fquadrants.jpg',
    'source-bytes': String(photo.length),
    sequencer: expect.stringMatching(/^[0-9A-F]{32}$/),
  });
  const facts = await sharp(thumbnail.body).metadata();
  expect(facts).toMatchObject({ width: 200, height: 133, space: 'srgb' });
  expect(facts).not.toHaveProperty('orientation');
  for (const kind of ['exif', 'icc', 'iptc', 'xmp']) expect(facts).not.toHaveProperty(kind);

  expect(await workflow.record('holiday/quadrants.jpg')).toMatchObject({
    status: 'DONE',
    image: { format: 'jpeg', width: 900, height: 600, frames: 1, bytes: photo.length },
    thumbnails: [
      { variant: 'thumbnail', key: 'holiday/quadrants.jpg/thumbnail.jpg', width: 200, height: 133 },
    ],
    notifiedSequencer: thumbnail.Metadata?.['sequencer'],
  });

  const [mail] = (await workflow.mail()).reverse();
  expect(mail).toMatchObject({ to: 'you@example.com', subject: 'quadrants.jpg: 1 thumbnail ready' });
  expect(mail?.text).toContain('holiday/quadrants.jpg');
  expect(mail?.text).toContain('200 x 133 jpeg');
});

test('an upload of zero bytes fails as EmptyObject, the first time and over an image', async () => {
  const path = ['Validate', 'Quarantine', 'NotifyFailure', 'Failed'];
  expect(pathOf(await workflow.process('nothing.jpg', Buffer.alloc(0)))).toEqual(path);
  expect(await workflow.record('nothing.jpg')).toMatchObject({
    status: 'FAILED',
    error: { name: 'EmptyObject', message: expect.stringContaining('0 bytes') },
  });

  await workflow.process('emptied.jpg', await picture({ width: 300, height: 200 }));
  expect(await workflow.record('emptied.jpg')).toMatchObject({ status: 'DONE' });
  expect(pathOf(await workflow.process('emptied.jpg', Buffer.alloc(0)))).toEqual(path);
  expect(await workflow.record('emptied.jpg')).toMatchObject({
    status: 'FAILED',
    error: { name: 'EmptyObject' },
  });
  await expect(workflow.object('thumbnails', 'emptied.jpg/thumbnail.jpg')).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
  const [mail] = (await workflow.mail()).reverse();
  expect(mail?.text).toContain('EmptyObject');
});

test('a text file named .jpg fails with a named error, and is kept, recorded and reported', async () => {
  const summary = await workflow.process('notes.jpg', 'just some "notes"\n', 'image/jpeg');

  expect(pathOf(summary)).toEqual(['Validate', 'Quarantine', 'NotifyFailure', 'Failed']);
  expect(summary.states.find(({ name }) => name === 'Validate')).toMatchObject({
    attempts: 1,
    error: { name: 'UnsupportedFormat' },
  });

  const kept = await workflow.object('quarantine', 'notes.jpg');
  expect(kept.body.toString()).toBe('just some "notes"\n');
  expect(kept.TagCount).toBe(2);
  const record = await workflow.record('notes.jpg');
  expect(record).toMatchObject({
    status: 'FAILED',
    error: { name: 'UnsupportedFormat', message: expect.stringContaining('plain text') },
    quarantine: { bucket: workflow.bucket('quarantine'), key: 'notes.jpg' },
    failedDay: String(record['updatedAt']).slice(0, 10),
  });

  const [mail] = (await workflow.mail()).reverse();
  expect(mail).toMatchObject({ to: 'you@example.com', subject: 'notes.jpg failed: UnsupportedFormat' });
  expect(mail?.text).toContain('/notes.jpg');
  expect(mail?.text).toContain('UnsupportedFormat');
  expect(mail?.text).toContain('plain text');

  const messages = await readFile(
    path.join(workflow.dataDir, 'messages', 'thumbnail-workflow-errors.jsonl'),
    'utf8',
  );
  const told = JSON.parse(JSON.parse(messages.trim().split('\n').at(-1) as string).Message);
  expect(told).toMatchObject({ schema: 1, status: 'FAILED', error: { name: 'UnsupportedFormat' } });
});

test('after two transient failures of S3, Thumbnail shows three attempts and success', async () => {
  workflow.inject({ call: 's3:GetObjectVersion', by: 'thumbnail', fault: 'throttle', times: 2 });
  const summary = await workflow.process('retried.jpg', await picture());

  const thumbnail = summary.states.find(({ name }) => name === 'Thumbnail');
  expect(thumbnail).toMatchObject({ attempts: 3, outcome: 'succeeded' });
  expect(thumbnail?.failures.map(({ name }) => name)).toEqual(['Throttled', 'Throttled']);
  expect(summary.status).toBe('SUCCEEDED');
});

test('the same version again changes nothing and notifies nobody twice', async () => {
  await workflow.process('twice.jpg', await picture());
  const before = await workflow.object('thumbnails', 'twice.jpg/thumbnail.jpg');
  const mails = (await workflow.mail()).length;

  const again = await workflow.repeat('twice.jpg');
  expect(again.status).toBe('SUCCEEDED');
  expect((await workflow.object('thumbnails', 'twice.jpg/thumbnail.jpg')).LastModified).toEqual(
    before.LastModified,
  );
  expect(await workflow.mail()).toHaveLength(mails);
});

test('a newer version in another format replaces all thumbnails', async () => {
  await workflow.process('logo.png', await picture({ format: 'png' }));
  expect(await workflow.keys('thumbnails')).toContain('logo.png/thumbnail.png');
  await workflow.process('logo.png', await picture({ format: 'webp' }));

  const keys = (await workflow.keys('thumbnails')).filter((key) => key.startsWith('logo.png/'));
  expect(keys).toEqual(['logo.png/thumbnail.webp']);
  expect(await workflow.record('logo.png')).toMatchObject({ status: 'DONE', image: { format: 'webp' } });
});

test('an older event that arrives late ends as Superseded', async () => {
  await workflow.process('late.jpg', await picture({ width: 400, height: 300 }));
  const first = workflow.ended.at(-1);
  await workflow.process('late.jpg', await picture({ width: 300, height: 400 }));

  const late = await workflow.repeat('late.jpg', first);
  expect(pathOf(late)).toEqual(['Validate', 'Superseded']);
  expect(late.status).toBe('SUCCEEDED');
  expect(await workflow.record('late.jpg')).toMatchObject({ status: 'DONE', image: { width: 300 } });
});

test('a copy within S3 is an upload too', async () => {
  await workflow.process('original.jpg', await picture());
  const uploads = workflow.bucket('uploads');
  await workflow.s3.send(
    new CopyObjectCommand({ Bucket: uploads, Key: 'copy.JPG', CopySource: `${uploads}/original.jpg` }),
  );
  await workflow.idle();
  expect(await workflow.keys('thumbnails')).toContain('copy.JPG/thumbnail.jpg');
});

test('an upload that was acknowledged is processed after a restart', async () => {
  const uploaded = workflow.upload('interrupted.jpg', await picture({ width: 1200, height: 900 }));
  await uploaded;
  await workflow.restart();
  await workflow.idle();
  expect(await workflow.record('interrupted.jpg')).toMatchObject({ status: 'DONE' });
});
