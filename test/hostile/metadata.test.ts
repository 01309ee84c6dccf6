import { type Format, picture } from '../fixtures/images';
import sharp from '../fixtures/sharp';
import { TRAILER } from '../functions/lib/prescan/bombs';
import * as build from '../functions/lib/prescan/build';
import { DEFAULTS, Sandbox } from './sandbox';

const COMMENT = 'Only for the family';

/** What an image contains besides its pixels, as bytes of the input. */
const SECRETS = {
  copyright: build.latin1('A. Photographer'),
  latitude: Buffer.concat([51, 1, 30, 1].map(build.u32le)),
  XMP: build.latin1('Home address'),
  IPTC: build.latin1('Photoshop 3.0'),
  profile: build.latin1('acsp'), // in the header of every ICC profile
  comment: build.latin1(COMMENT),
  trailer: build.latin1(TRAILER),
};
type Secret = keyof typeof SECRETS;

/** Every format a thumbnail can have; GIF only with `same` and a GIF as input. */
const settings: typeof DEFAULTS = {
  ...DEFAULTS,
  accepted: ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'],
  presets: [
    {
      name: 'default',
      prefix: '',
      variants: (['same', 'jpeg', 'png', 'webp', 'avif'] as const).map((format) => ({
        name: format,
        width: 32,
        height: 32,
        fit: 'inside' as const,
        format,
        quality: 80,
      })),
    },
  ],
};

/** An image with everything that its format can hold, and HTML after its end. */
async function laden(format: Format): Promise<Buffer> {
  const bytes = await picture({ format, metadata: format !== 'gif' });
  return Buffer.concat([withComment(format, bytes), build.latin1(TRAILER)]);
}

function withComment(format: Format, bytes: Buffer): Buffer {
  switch (format) {
    case 'jpeg':
      return build.withSegments(bytes, build.segment(0xfe, build.latin1(COMMENT)));
    case 'png':
      return build.withChunks(bytes, build.pngChunk('tEXt', build.latin1(`Comment\0${COMMENT}`)));
    case 'gif':
      return Buffer.concat([bytes.subarray(0, -1), build.gifComment(COMMENT), bytes.subarray(-1)]);
    default:
      return bytes;
  }
}

const secretsIn = (bytes: Buffer) =>
  (Object.keys(SECRETS) as Secret[]).filter((name) => bytes.includes(SECRETS[name]));

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

test.each<[Format, Secret[]]>([
  ['jpeg', ['copyright', 'latitude', 'XMP', 'IPTC', 'profile', 'comment', 'trailer']],
  ['png', ['copyright', 'latitude', 'comment', 'trailer']], // XMP and profile are compressed
  ['webp', ['copyright', 'latitude', 'XMP', 'profile', 'trailer']],
  ['gif', ['comment', 'trailer']],
  ['avif', ['copyright', 'latitude', 'XMP', 'profile', 'trailer']],
  ['tiff', ['XMP', 'profile', 'trailer']], // sharp writes no EXIF into it
])('what a %s contains besides its pixels is in no thumbnail of any format', async (format, secrets) => {
  const bytes = await laden(format);
  expect(secretsIn(bytes)).toEqual(secrets);

  const { outcome } = await sandbox.run(bytes, { settings });
  if (outcome.kind !== 'thumbnails')
    throw new Error(`Expected thumbnails but received ${JSON.stringify(outcome)}`);
  const formats = outcome.outputs.map((output) => output.format);
  expect(new Set(formats)).toEqual(
    new Set([format === 'gif' ? 'gif' : 'jpeg', 'jpeg', 'png', 'webp', 'avif']),
  );
  for (const { data } of outcome.outputs) {
    expect(secretsIn(data)).toEqual([]);
    const { exif, xmp, iptc, icc, comments, orientation } = await sharp(data).metadata();
    expect({ exif, xmp, iptc, icc, comments, orientation }).toEqual({});
  }
});
