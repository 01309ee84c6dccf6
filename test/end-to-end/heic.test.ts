/** A photo as an iPhone writes it, in a workflow that accepts HEIC: what is made with the upload, and what on request. */
import { encoded, phonePicture, portrait } from '../fixtures/heic';
import sharp from '../fixtures/sharp';
import { inOrder } from './in-order';
import { pathOf, Workflow } from './workflow';

const SETTINGS = {
  accept: ['jpeg', 'heic'],
  delivery: { enabled: true },
  presets: [
    {
      name: 'default',
      variants: [
        { name: 'small', width: 33, height: 44 },
        { name: 'large', width: 500, format: 'webp' },
        { name: 'later', width: 80, format: 'png', lazy: true },
      ],
    },
  ],
};

interface Made {
  variant: string;
  key: string;
  format: string;
  width: number;
  height: number;
  url: string;
}

let workflow: Workflow;
beforeAll(async () => {
  workflow = await Workflow.start({ settings: SETTINGS, waitScale: 0.01, log: () => {} });
});
afterAll(() => workflow?.end());

const step = inOrder();
let record: { image: object; thumbnails: Made[]; onRequest: Made[] };

step('its thumbnails are upright JPEG and WebP, and its record says HEIC', async () => {
  const summary = await workflow.process('IMG_0001.HEIC', phonePicture(), 'image/heic');
  expect(pathOf(summary)).toEqual(['Validate', 'Thumbnail', 'StoreMetadata', 'Notify']);
  record = (await workflow.record('IMG_0001.HEIC')) as unknown as typeof record;
  expect(record).toMatchObject({
    status: 'DONE',
    image: { format: 'heic', width: 96, height: 128 },
    thumbnails: [
      { variant: 'small', format: 'jpeg', width: 33, height: 44 },
      { variant: 'large', format: 'webp', width: 96, height: 128 },
    ],
  });
  for (const { key, width, height } of record.thumbnails) {
    const { body } = await workflow.object('thumbnails', key);
    expect(await sharp(body).metadata()).toMatchObject({ width, height });
  }
});

step('a lazy variant is made of it on its first request', async () => {
  const [{ url }] = record.onRequest as [Made];
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  const [made, expected] = await Promise.all(
    [Buffer.from(await answer.arrayBuffer()), await portrait().resize(80).png().toBuffer()].map((bytes) =>
      sharp(bytes).stats(),
    ),
  );
  made!.channels.forEach(({ mean }, c) => {
    expect(Math.abs(mean - expected!.channels[c]!.mean)).toBeLessThan(2);
  });
});

step('a damaged one is a failure that is named and kept', async () => {
  const bytes = encoded('8-bit');
  const summary = await workflow.process('IMG_0002.HEIC', bytes.subarray(0, bytes.length - 500));
  expect(pathOf(summary)).toEqual(['Validate', 'Thumbnail', 'Quarantine', 'NotifyFailure', 'Failed']);
  expect(await workflow.record('IMG_0002.HEIC')).toMatchObject({
    status: 'FAILED',
    error: {
      name: 'CorruptImage',
      message: 'The image ends before its last row: it was cut off. Upload the whole file.',
    },
  });
});

step('no permission was missing for any of that', () => {
  // CloudFront may not list the bucket, so S3 answers 403 for a missing object.
  expect(workflow.permissions.denied.filter(({ action }) => action !== 's3:ListBucket')).toEqual([]);
});
