import { encoded } from '../fixtures/heic';
import sharp from '../fixtures/sharp';
import { truncations } from '../functions/lib/prescan/bombs';
import { flat } from '../functions/lib/prescan/build';
import { type Hazard, hazards, lightHazards } from './catalogue';
import { expectOutcome, isOptional, settings } from './outcome';
import { Sandbox } from './sandbox';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

describe('each hostile file has the right outcome, within its limits of time and memory', () => {
  test.each(lightHazards)('$name: $outcome', (hazard) => expectOutcome(sandbox, hazard));
});

describe('by default an AVIF, TIFF or HEIC is refused because of its format, whatever else is wrong with it', () => {
  const optional = hazards.filter(({ name }) => isOptional(name));

  test.each(optional.map((hazard): [string, Hazard] => [hazard.name, hazard]))(
    '%s',
    async (name, { build }) => {
      const { outcome } = await sandbox.run(await build());
      const found = `${name.startsWith('AVIF') ? 'an' : 'a'} ${name.slice(0, 4)} image${name.startsWith('HEIC') ? ' (iPhone photo)' : ''}`;
      expect(outcome).toEqual({
        kind: 'refused',
        by: 'Validate',
        name: 'UnsupportedFormat',
        message: `Only JPEG, PNG, WebP, and GIF images are accepted; this file is ${found}. Convert it and upload it again.`,
      });
    },
  );
});

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
  ])('%s: is corrupt', async (_, make) => {
    for (const part of truncations(await make())) {
      const { outcome } = await sandbox.run(part, { settings });
      expect(outcome).toMatchObject({ kind: 'refused', name: 'CorruptImage' });
    }
  });
});
