import { encoded, phonePicture } from '../fixtures/heic';
import sharp from '../fixtures/sharp';
import { truncations } from '../functions/lib/prescan/bombs';
import { flat } from '../functions/lib/prescan/build';
import { settings } from './outcome';
import { Sandbox } from './sandbox';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

const grain = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#204080',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  });

describe('a file cut at any tenth', () => {
  test.each<[string, () => Promise<Buffer>]>([
    ['JPEG', () => flat(640, 480).jpeg().withMetadata({ orientation: 6 }).toBuffer()],
    ['progressive JPEG', () => flat(640, 480).jpeg({ progressive: true }).toBuffer()],
    ['PNG', () => flat(640, 480).png().withMetadata({ orientation: 6 }).toBuffer()],
    ['interlaced PNG', () => flat(640, 480).png({ progressive: true }).toBuffer()],
    ['WebP', () => flat(640, 480).webp().withMetadata({ orientation: 6 }).toBuffer()],
    ['lossless WebP', () => grain(640, 480).webp({ lossless: true }).toBuffer()],
    ['GIF', () => flat(640, 480).gif().toBuffer()],
    ['AVIF', () => flat(64, 48).avif({ effort: 0 }).toBuffer()],
    ['TIFF', () => flat(64, 48).tiff().toBuffer()],
    ['HEIC', async () => encoded('8-bit')],
    ['HEIC of tiles', async () => phonePicture({ hasPreview: false })],
  ])('%s: is corrupt', async (_, make) => {
    for (const part of truncations(await make())) {
      const { outcome } = await sandbox.run(part, { settings });
      expect(outcome).toMatchObject({ kind: 'refused', name: 'CorruptImage' });
    }
  });
});
