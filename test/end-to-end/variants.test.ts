/** Positions, backgrounds, sharpening and animation, from an upload to what a browser gets, under the permissions of the stack. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { schemas } from '../../scripts/openapi/schemas';
import { animatedGif, coalesced, type GifFrame } from '../fixtures/animations';
import sharp from '../fixtures/sharp';
import { type Signed, sendUpload } from './send-upload';
import { Workflow } from './workflow';

jest.setTimeout(120_000);

const square = { width: 90, height: 90 };
const SETTINGS = {
  delivery: { enabled: true },
  uploadApi: { enabled: true, jwt: { issuer: 'https://id.example.com/', audience: ['photos'] } },
  limits: { animatedPixels: 20_000_000 },
  output: { background: '#00ff00' },
  presets: [
    {
      name: 'moving',
      variants: [
        { name: 'web', ...square, format: 'webp', animated: true, lossless: true },
        { name: 'same', ...square, animated: true },
        { name: 'still', ...square, format: 'jpeg' },
        {
          name: 'card',
          ...square,
          fit: 'cover',
          position: 'east',
          format: 'webp',
          animated: true,
          lazy: true,
        },
      ],
    },
    {
      name: 'portraits',
      prefix: 'portraits/',
      variants: [
        { name: 'face', ...square, fit: 'cover', position: 'attention', sharpen: true },
        { name: 'left', ...square, fit: 'cover', position: 'west', sharpen: true },
        { name: 'middle', ...square, fit: 'cover', sharpen: true },
        { name: 'page', ...square, fit: 'contain', background: '#102030' },
        { name: 'clear', ...square, fit: 'contain', background: 'transparent' },
        { name: 'glass', ...square, fit: 'contain', background: '#10203080', format: 'webp', lossless: true },
      ],
    },
  ],
};

const SCREEN: [number, number] = [180, 90];

/** A ball that moves to the right over grey, which each frame leaves behind: 40 frames, with different delays. */
const FRAMES: GifFrame[] = [
  { width: 180, height: 90, colour: [120, 120, 120] },
  ...Array.from(
    { length: 39 },
    (_, n): GifFrame => ({
      left: n * 4,
      top: 30,
      width: 20,
      height: 20,
      colour: [200, 3 * n, 40],
      disposal: n % 2 === 0 ? 3 : 1,
      delay: 4 + (n % 5),
    }),
  ),
];
const GIF = animatedGif(SCREEN, FRAMES, { repeats: 2 });

let workflow: Workflow;
beforeAll(async () => {
  workflow = await Workflow.start({ settings: SETTINGS, waitScale: 0.01, log: () => {} });
});
afterAll(() => workflow?.end());
afterEach(() => {
  // CloudFront may not list the bucket, so S3 answers 403 for a missing object.
  const denied = workflow.permissions.denied.filter(({ action }) => action !== 's3:ListBucket');
  expect(denied).toEqual([]);
});

interface Listed {
  variant: string;
  key: string;
  url: string;
  animated?: true;
  note?: string;
}
const listed = async (key: string, where: 'thumbnails' | 'onRequest' = 'thumbnails') =>
  ((await workflow.record(key))[where] ?? []) as Listed[];
const thumbnail = async (key: string, variant: string): Promise<Buffer> => {
  const found = (await listed(key)).find((one) => one.variant === variant);
  return (await workflow.object('thumbnails', String(found?.key))).body;
};
const messageAbout = async (key: string) =>
  (await workflow.told('processed')).find(({ source }) => source.key === key) as unknown as {
    thumbnails: Listed[];
    onRequest?: Listed[];
  };
const moving = async (image: Buffer) => sharp(image, { animated: true }).metadata();

test('a GIF of 40 frames moves as WebP and as GIF, with the same frames, delays and repetitions', async () => {
  const key = 'ball.gif';
  await workflow.process(key, GIF);
  expect(await workflow.record(key)).toMatchObject({ status: 'DONE', image: { frames: 40 } });
  const expected = await Promise.all(
    coalesced(SCREEN, FRAMES).map((data) =>
      sharp(data, { raw: { width: 180, height: 90, channels: 4 } })
        .resize(90, 45)
        .removeAlpha()
        .raw()
        .toBuffer(),
    ),
  );
  for (const variant of ['web', 'same']) {
    const image = await thumbnail(key, variant);
    expect(await moving(image)).toMatchObject({
      format: variant === 'web' ? 'webp' : 'gif',
      pages: 40,
      width: 90,
      pageHeight: 45,
      loop: 3,
      delay: FRAMES.map(({ delay = 5 }) => delay * 10),
    });
    for (const page of [0, 7, 20, 39]) {
      const frame = await sharp(image, { page }).toColourspace('srgb').removeAlpha().raw().toBuffer();
      const other = expected[page] as Buffer;
      const error = frame.reduce((sum, value, i) => sum + Math.abs(value - (other[i] as number)), 0);
      expect(error / frame.length).toBeLessThan(2);
    }
  }
  expect((await moving(await thumbnail(key, 'still'))).pages).toBeUndefined();
});

test('record, message and mail say which thumbnails move', async () => {
  const key = 'ball.gif';
  const says = ({ thumbnails }: { thumbnails: Listed[] }) =>
    thumbnails.map(({ variant, animated }) => [variant, animated]);
  const expected = [
    ['web', true],
    ['same', true],
    ['still', undefined],
  ];
  expect(says({ thumbnails: await listed(key) })).toEqual(expected);
  const message = await messageAbout(key);
  expect(says(message)).toEqual(expected);
  expect(message.onRequest).toMatchObject([{ variant: 'card', animated: true }]);
});

test('a lazy variant moves once it is requested, cut at the same place in every frame', async () => {
  const [offer] = await listed('ball.gif', 'onRequest');
  const answer = await fetch(String(offer?.url));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('image/webp');
  const image = Buffer.from(await answer.arrayBuffer());
  const { data } = await sharp(image, { page: 0 }).raw().toBuffer({ resolveWithObject: true });
  expect(data[0]).toBeGreaterThan(110);
  // While the ball is in the left half, nothing moves here: those frames are one.
  const { pages = 1, pageHeight, width, delay = [] } = await moving(image);
  expect([width, pageHeight]).toEqual([90, 90]);
  expect(pages).toBeLessThan(40);
  expect(delay.reduce((sum, each) => sum + each)).toBe(
    FRAMES.reduce((sum, { delay: each = 5 }) => sum + each * 10, 0),
  );
  expect((await listed('ball.gif')).find(({ variant }) => variant === 'card')).toMatchObject({
    animated: true,
  });
});

test('an animation that is too much work gets stills, and everyone is told why', async () => {
  const key = 'long.gif';
  const frames = Array.from({ length: 200 }, (_, n): GifFrame => ({ ...square, colour: [n, 90, 90] }));
  await workflow.process(key, animatedGif([90, 90], frames));
  expect(await workflow.record(key)).toMatchObject({ status: 'DONE', image: { frames: 200 } });
  const note =
    'The thumbnail shows one frame of 200, because animating it takes 51,060,000 pixels of work and limits.animatedPixels is 20,000,000.';
  for (const { thumbnails } of [{ thumbnails: await listed(key) }, await messageAbout(key)]) {
    expect(thumbnails.map((one) => [one.variant, one.animated, one.note])).toEqual([
      ['web', undefined, note],
      ['same', undefined, note],
      ['still', undefined, undefined],
    ]);
  }
  expect((await moving(await thumbnail(key, 'web'))).pages ?? 1).toBe(1);
});

test('a portrait keeps its face, is sharpened and padded as its variants say', async () => {
  const key = 'portraits/off-centre.jpg';
  const file = path.join(__dirname, '../fixtures/pictures/portrait-off-centre.jpg');
  await workflow.process(key, await readFile(file));
  const pixels = async (variant: string) =>
    sharp(await thumbnail(key, variant))
      .raw()
      .toBuffer();
  const [face, left, middle] = await Promise.all(['face', 'left', 'middle'].map(pixels));
  const difference = (one: Buffer, other: Buffer) =>
    one.reduce((sum, value, i) => sum + Math.abs(value - (other[i] as number)), 0) / one.length;
  expect(difference(face!, left!)).toBeLessThan(difference(face!, middle!) / 3);

  const corner = async (variant: string) => [
    ...(await pixels(variant)).subarray(0, variant === 'glass' ? 4 : 3),
  ];
  const near = (colour: number[], expected: number[]) =>
    colour.forEach((value, n) => {
      expect(Math.abs(value - (expected[n] as number))).toBeLessThan(4);
    });
  near(await corner('page'), [0x10, 0x20, 0x30]);
  near(await corner('clear'), [0, 255, 0]);
  near(await corner('glass'), [0x10, 0x20, 0x30, 0x80]);
});

test('the API says which thumbnails move, and offers no still beside them', async () => {
  const authorization = `Bearer ${await workflow.token('ana')}`;
  const api = String(workflow.stack.outputs['upload_api_url']);
  const asked = await fetch(`${api}/uploads`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ fileName: 'ball.gif', contentType: 'image/gif', size: GIF.length }),
  });
  const { upload, status } = (await asked.json()) as { upload: Signed; status: string };
  expect((await sendUpload(upload, GIF)).ok).toBe(true);
  for (;;) {
    const answer = await fetch(api + status, { headers: { authorization } });
    const image = (await answer.json()) as { status: string; thumbnails: Listed[]; srcset: string };
    if (answer.ok && image.status !== 'PROCESSING') {
      expect(schemas.Image.parse(image)).toEqual(image);
      expect(image.thumbnails.map(({ variant, animated }) => [variant, animated])).toEqual([
        ['web', true],
        ['same', true],
        ['still', undefined],
        ['card', true],
      ]);
      expect(JSON.stringify([image.srcset, (image as { sources?: unknown }).sources])).not.toContain(
        '/still.jpg',
      );
      break;
    }
    await sleep(20);
  }
  await workflow.idle();
});
