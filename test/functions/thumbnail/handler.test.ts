import { Readable } from 'node:stream';
import { sourceOf } from '../../../contract/source';
import { type ImageScan, scan } from '../../../functions/lib/prescan';
import { encoded } from '../../fixtures/heic';
import { picture } from '../../fixtures/images';
import sharp from '../../fixtures/sharp';
import { type AwsAnswers, fakeAws } from '../aws';
import { captureMetrics } from '../emitted';
import { created, EXECUTION, imageOf, THUMBNAILS, UPLOADS } from '../support';

const written = captureMetrics('pics');
const invoke = fakeAws();

const source = sourceOf(created());
let jpeg: Buffer;
beforeAll(async () => {
  jpeg = await picture({ width: 400, height: 300 });
});

// The handler blocks the decoders that the settings of a test leave out, for all tests after it.
beforeEach(() => {
  sharp.unblock({ operation: ['VipsForeignLoad'] });
});

const answers: AwsAnswers = {
  HeadObject: () => {
    throw Object.assign(new Error('Not Found'), { name: 'NotFound' });
  },
  GetObject: () => ({ Body: Readable.from([jpeg]), ContentLength: jpeg.length }),
  PutObject: () => ({}),
};
function thumbnail(changes: AwsAnswers = {}, variables: Record<string, string> = {}) {
  const image = imageOf(source, { width: 400, height: 300, bytes: jpeg.length });
  const input = { execution: EXECUTION, state: { ...created(), image } };
  return invoke('thumbnail', input, { ...answers, ...changes }, variables);
}

test('writes each thumbnail with the headers of the settings, and counts what it has read and written', async () => {
  written.take();
  const { answer, inputs, clients } = await thumbnail({}, { DELIVERY_URL: 'https://cdn.example' });
  const [, get, put] = inputs;
  expect(clients).toEqual(inputs.map(() => ({ maxAttempts: 1, requestTimeout: 10_000 })));
  expect(get).toMatchObject({ Bucket: UPLOADS, Key: source.key, VersionId: source.version });
  expect(put).toMatchObject({
    Bucket: THUMBNAILS,
    Key: `${source.key}/thumbnail.jpg`,
    ContentType: 'image/jpeg',
    CacheControl: 'public',
    IfNoneMatch: '*',
    Metadata: { 'source-bytes': String(jpeg.length), sequencer: source.sequencer },
  });
  const bytes = put!['Body'].length;
  expect(answer).toMatchObject({
    items: [{ width: 200, height: 150, bytes, url: expect.stringMatching(/^https:\/\/cdn\.example\//) }],
  });
  expect(written.take()).toEqual([
    `SourceBytes{Workflow=pics} ${jpeg.length} Bytes`,
    'Thumbnails{Workflow=pics} 1 Count',
    `ThumbnailBytes{Workflow=pics} ${bytes} Bytes`,
  ]);
});

test('a thumbnail that another run has written meanwhile is not counted', async () => {
  written.take();
  let heads = 0;
  await thumbnail({
    // Nothing is there at first, and then what the other run has written.
    HeadObject: (input, n) => {
      heads = n;
      if (n === 0) return answers['HeadObject']!(input, n);
      return { ETag: '"e"', ContentLength: 7, Metadata: { sequencer: 'F'.repeat(32), preset: 'p' } };
    },
    PutObject: () => {
      throw Object.assign(new Error('changed'), { name: 'PreconditionFailed' });
    },
  });
  expect(heads).toBe(1);
  expect(written.take()).toEqual([`SourceBytes{Workflow=pics} ${jpeg.length} Bytes`]);
});

test('what was written before a failure is counted', async () => {
  written.take();
  const variants = ['a', 'b'].map((name) => ({ name, width: 50, fit: 'inside', format: 'same' }));
  const PRESETS = JSON.stringify([{ name: 'default', prefix: '', variants }]);
  const refuse = (_: unknown, n: number) => {
    if (n === 1) throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    return {};
  };
  await expect(thumbnail({ PutObject: refuse }, { PRESETS })).rejects.toThrow('no');
  expect(written.take().map((line) => line.split(' ')[0])).toContain('SourceBytes{Workflow=pics}');
});

test('sharp has only the decoders of the formats that are accepted', async () => {
  const png = await sharp(jpeg).png().toBuffer();
  await thumbnail({}, { ACCEPTED_FORMATS: 'jpeg' });
  expect((await sharp(jpeg).metadata()).format).toBe('jpeg');
  await expect(sharp(png).metadata()).rejects.toThrow('unsupported');
});

test('a HEIC is decoded in the time that is left, and refused if that is over', async () => {
  const heic = encoded('8-bit');
  const { width, height } = scan(heic, { whole: true }) as ImageScan;
  const image = imageOf(source, { format: 'heic', width, height, bytes: heic.length });
  const input = { execution: EXECUTION, state: { ...created(), image } };
  const GetObject = () => ({ Body: Readable.from([heic]), ContentLength: heic.length });
  const within = (timeLeft: number) =>
    invoke('thumbnail', input, { ...answers, GetObject }, { ACCEPTED_FORMATS: 'heic' }, timeLeft);
  expect((await within(120_000)).made).toContain('PutObject');
  await expect(within(0)).rejects.toMatchObject({ name: 'ImageTooLarge' });
});
