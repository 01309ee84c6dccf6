/**
 * A HEIC as an iPhone writes it, of 12 megapixels: tiles of 512 pixels in Display P3, to be turned upright, with a preview and
 * EXIF. `heif-enc` (Debian's libheif-examples) codes the tiles; the boxes around them are put together here, since it can't.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { grid, heif, type Item, irot, itemOf } from '../../test/fixtures/heic';

const TILE = 512;
const WIDTH = 4032;
const HEIGHT = 3024;
const PREVIEW = { width: 320, height: 240 };

/** @param photo cut and scaled to the size of the picture, and shown upright in portrait */
export async function phonePhoto(photo: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'phone-'));
  const properties = new Map<string, Buffer>();
  let profile: Buffer | undefined;

  /** Two pictures of the same size and coding share their properties, as an encoder would write them. */
  const shared = (one: Buffer) => {
    const key = one.toString('latin1');
    properties.set(key, properties.get(key) ?? one);
    return properties.get(key) as Buffer;
  };

  async function coded(picture: Sharp): Promise<Item> {
    const [png, heic] = [join(folder, 'tile.png'), join(folder, 'tile.heic')];
    await writeFile(png, await picture.withIccProfile('p3').png({ compressionLevel: 1 }).toBuffer());
    execFileSync('heif-enc', ['-q', '60', '-o', heic, png], { stdio: 'ignore' });
    const bytes = await readFile(heic);
    const at = bytes.indexOf('colr') - 4;
    profile ??= bytes.subarray(at, at + bytes.readUInt32BE(at));
    const item = itemOf(bytes);
    return { ...item, properties: item.properties.map(shared) };
  }

  try {
    // The picture lies on its side in the file, and `irot` turns it upright again.
    const upright = sharp(photo).resize(HEIGHT, WIDTH, { fit: 'cover' });
    const lying = await sharp(await upright.png().toBuffer())
      .rotate(270)
      .png({ compressionLevel: 1 })
      .toBuffer();
    const columns = Math.ceil(WIDTH / TILE);
    const rows = Math.ceil(HEIGHT / TILE);
    const canvas = await sharp(lying)
      .extend({ right: columns * TILE - WIDTH, bottom: rows * TILE - HEIGHT, extendWith: 'copy' })
      .png({ compressionLevel: 1 })
      .toBuffer();
    const tiles: Item[] = [];
    for (let n = 0; n < columns * rows; n++) {
      const [left, top] = [(n % columns) * TILE, Math.floor(n / columns) * TILE];
      tiles.push(await coded(sharp(canvas).extract({ left, top, width: TILE, height: TILE })));
    }
    const turn = irot(3);
    const whole = grid(columns, rows, WIDTH, HEIGHT);
    whole.properties.push(profile as Buffer, turn);
    const preview = await coded(sharp(lying).resize(PREVIEW.width, PREVIEW.height, { fit: 'fill' }));
    preview.properties.push(profile as Buffer, turn);
    const exif = await exifItem();
    const ids = tiles.map((_, n) => n + 2);
    const last = tiles.length + 2;
    return heif(
      [whole, ...tiles, preview, exif],
      [
        { type: 'dimg', from: 1, to: ids },
        { type: 'thmb', from: last, to: [1] },
        { type: 'cdsc', from: last + 1, to: [1] },
      ],
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What the camera says, in a structure that sharp writes. */
async function exifItem(): Promise<Item> {
  const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .withExif({
      IFD0: { Make: 'Apple', Model: 'iPhone 15' },
      IFD2: {
        DateTimeOriginal: '2026:09:12 18:04:31',
        OffsetTimeOriginal: '+02:00',
        LensModel: 'iPhone 15 back dual wide camera 5.96mm f/1.6',
      },
    })
    .jpeg()
    .toBuffer();
  const { exif } = await sharp(jpeg).metadata();
  const block = (exif as Buffer).subarray((exif as Buffer).indexOf('Exif') === 0 ? 6 : 0);
  return { type: 'Exif', data: Buffer.concat([Buffer.alloc(4), block]), properties: [] };
}
