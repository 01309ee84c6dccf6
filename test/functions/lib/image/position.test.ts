/** Which part of a picture `cover` keeps. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Position } from '../../../../functions/lib/image/position';
import sharp from '../../../fixtures/sharp';
import { at, decoded, rms, thumbnail, thumbnails } from './pixels';

const CODEC = 8;

/** Three by three plain fields, by the direction in which they lie. */
const FIELDS = {
  northwest: [200, 40, 40],
  north: [40, 200, 40],
  northeast: [40, 40, 200],
  west: [200, 200, 40],
  centre: [40, 200, 200],
  east: [200, 40, 200],
  southwest: [120, 120, 120],
  south: [230, 130, 30],
  southeast: [90, 30, 130],
} as const;

type Direction = keyof typeof FIELDS;
const DIRECTIONS = Object.keys(FIELDS) as Direction[];

function fields(width: number, height: number): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const field = DIRECTIONS[3 * Math.floor((3 * y) / height) + Math.floor((3 * x) / width)] as Direction;
      data.set(FIELDS[field], (y * width + x) * 3);
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

describe('a direction', () => {
  test.each(DIRECTIONS)('%s keeps that edge of a wide picture and of a tall one', async (position) => {
    const across = position.replace(/north|south/, '') || 'centre';
    const down = position.replace(/east|west/, '') || 'centre';
    const box = { format: 'png', width: 60, height: 60, fit: 'cover', position } as const;

    const wide = await decoded(await thumbnail(await fields(540, 180), box));
    expect([wide.width, wide.height]).toEqual([60, 60]);
    for (const y of [0.1, 0.9]) {
      const row = y < 0.5 ? 'north' : 'south';
      const field = across === 'centre' ? row : `${row}${across}`;
      expect(at(wide, 0.5, y)).toEqual(FIELDS[field as Direction]);
    }

    const tall = await decoded(await thumbnail(await fields(180, 540), box));
    for (const x of [0.1, 0.9]) {
      const column = x < 0.5 ? 'west' : 'east';
      const field = down === 'centre' ? column : `${down}${column}`;
      expect(at(tall, x, 0.5)).toEqual(FIELDS[field as Direction]);
    }
  });

  test('reaches the very edge, and centre is what there is without a position', async () => {
    const bytes = await fields(541, 180);
    const box = { format: 'png', width: 180, height: 180, fit: 'cover' } as const;
    const part = async (left: number) =>
      decoded(await sharp(bytes).extract({ left, top: 0, width: 180, height: 180 }).png().toBuffer());
    expect(await decoded(await thumbnail(bytes, { ...box, position: 'west' }))).toEqual(await part(0));
    expect(await decoded(await thumbnail(bytes, { ...box, position: 'east' }))).toEqual(await part(361));
    const centred = await thumbnail(bytes, { ...box, position: 'centre' });
    expect(centred).toEqual(await thumbnail(bytes, box));
    expect(await decoded(centred)).toEqual(await part(180));
  });
});

/** Grey, with a square of skin tone and fine detail whose middle is at this share of its width. */
async function scene(at: number): Promise<Buffer> {
  const [width, height, side] = [600, 200, 100];
  const data = Buffer.alloc(width * height * 3, 128);
  const [left, top] = [Math.round(at * width - side / 2), 50];
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) {
      data.set((x >> 3) % 2 === (y >> 3) % 2 ? [224, 150, 120] : [150, 80, 50], (y * width + x) * 3);
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

describe('what the picture says', () => {
  const box = { format: 'png', width: 100, height: 100, fit: 'cover' } as const;

  test.each<[Position, number]>([
    ['attention', 0.2],
    ['attention', 0.8],
    ['entropy', 0.2],
    ['entropy', 0.8],
  ])('%s keeps what stands out at %d of the width', async (position, share) => {
    const made = await decoded(await thumbnail(await scene(share), { ...box, position }));
    // 50 × 50 of 100 × 100 pixels, all of it inside.
    const isSubject = (i: number) => Math.abs(made.data[i]! - made.data[i + 2]!) > 40;
    let kept = 0;
    for (let i = 0; i < made.data.length; i += made.channels) if (isSubject(i)) kept++;
    expect(kept).toBeGreaterThan(2_300);
  });

  test.each([
    [3, 180],
    [6, 270],
    [8, 90],
  ])('is asked of the upright picture if the file is turned: orientation %d', async (orientation, turn) => {
    const upright = await scene(0.2);
    const turned = await sharp(upright)
      .rotate(turn)
      .withMetadata({ orientation })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer();
    for (const position of ['attention', 'entropy', 'west'] as const) {
      const straight = await decoded(await thumbnail(upright, { ...box, position }));
      const made = await decoded(await thumbnail(turned, { ...box, position }));
      expect(rms(made, straight)).toBeLessThan(CODEC);
    }
  });

  // Eileen Collins, by NASA: in the public domain.
  test('of a portrait keeps the face, where the middle cuts it', async () => {
    const file = path.join(__dirname, '../../../fixtures/pictures/portrait-off-centre.jpg');
    const portrait = await readFile(file);
    const made = await decoded(await thumbnail(portrait, { ...box, position: 'attention' }));
    const face = await decoded(await thumbnail(portrait, { ...box, position: 'west' }));
    const middle = await decoded(await thumbnail(portrait, box));
    expect(rms(made, face)).toBeLessThan(rms(made, middle) / 4);
  });

  test.each(['attention', 'entropy'] as const)(
    '%s is the same part in every size of a shape, whether made alone or with others',
    async (position) => {
      const file = path.join(__dirname, '../../../fixtures/pictures/portrait-off-centre.jpg');
      const portrait = await sharp(await readFile(file))
        .resize(2_400)
        .jpeg()
        .toBuffer();
      const boxes = [50, 200, 800].map((side) => ({ ...box, width: side, height: side, position }));
      const together = await thumbnails(portrait, boxes);
      const alone = await Promise.all(boxes.map((one) => thumbnail(portrait, one)));
      const small = async (image: Buffer) => decoded(await sharp(image).resize(50, 50).png().toBuffer());
      const expected = await small(together[2]!.data);
      for (const made of [...together.map(({ data }) => data), ...alone]) {
        expect(rms(await small(made), expected)).toBeLessThan(CODEC);
      }
    },
  );

  test('needs nothing to cut: the whole picture stays where it has the shape of the box', async () => {
    const bytes = await fields(90, 90);
    for (const position of ['attention', 'entropy', 'southeast'] as const) {
      const box = { format: 'png', width: 30, height: 30, fit: 'cover' } as const;
      expect(await thumbnail(bytes, { ...box, position })).toEqual(await thumbnail(bytes, box));
    }
  });

  test.each([
    [1, 1],
    [1, 3_000],
    [3_000, 1],
    [7, 9],
  ])('is found in a picture of %d×%d', async (width, height) => {
    const bytes = await sharp({ create: { width, height, channels: 4, background: '#3458' } })
      .png()
      .toBuffer();
    for (const position of ['attention', 'entropy'] as const) {
      const [made] = await thumbnails(bytes, [{ ...box, width: 20, height: 30, position }]);
      const [plain] = await thumbnails(bytes, [{ ...box, width: 20, height: 30 }]);
      expect(made).toMatchObject({ width: plain!.width, height: plain!.height });
    }
  });
});
