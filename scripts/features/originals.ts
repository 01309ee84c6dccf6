/** The folder that docs/features.webp is made of. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { animatedGif, type GifFrame } from '../../test/fixtures/animations';
import { phonePhoto } from './phone-photo';

/** @param photo a photograph, to put into a HEIC of 12 megapixels */
export async function writeOriginals(folder: string, photo: string): Promise<void> {
  const fixture = path.join(__dirname, '../../test/fixtures/pictures/portrait-off-centre.jpg');
  const originals: Record<string, Buffer> = {
    'phone/IMG_0042.HEIC': await phonePhoto(photo),
    'moving/orbit.gif': orbit(),
    'portraits/astronaut.jpg': await readFile(fixture),
    'cards/bottle.png': await drawn(
      90,
      300,
      '<rect x="25" y="90" width="40" height="200" rx="12" fill="#2f6f4f"/><rect x="36" y="20" width="18" height="80" rx="5" fill="#2f6f4f"/><rect x="30" y="150" width="30" height="70" fill="#f2e7c9"/>',
    ),
    'cards/sofa.png': await drawn(
      320,
      120,
      '<rect x="10" y="40" width="300" height="60" rx="18" fill="#b3423a"/><rect x="30" y="15" width="260" height="50" rx="14" fill="#c95a4f"/><rect x="30" y="98" width="14" height="18" fill="#4a2c1d"/><rect x="276" y="98" width="14" height="18" fill="#4a2c1d"/>',
    ),
    'cards/clock.png': await drawn(
      200,
      200,
      '<circle cx="100" cy="100" r="90" fill="#fff" stroke="#274060" stroke-width="14"/><path d="M100 45v55l38 22" fill="none" stroke="#274060" stroke-width="10" stroke-linecap="round"/>',
    ),
    'cards/lamp.png': await drawn(
      160,
      260,
      '<path d="M45 20h70l35 90H10z" fill="#e8b23d"/><rect x="75" y="110" width="10" height="120" fill="#555"/><ellipse cx="80" cy="238" rx="48" ry="12" fill="#555"/>',
    ),
    'notes.jpg': Buffer.from('just text'),
  };
  for (const [name, bytes] of Object.entries(originals)) {
    await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
}

/** A drawing on a transparent ground. */
const drawn = (width: number, height: number, shapes: string): Promise<Buffer> =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${shapes}</svg>`,
    ),
    { density: 216 },
  )
    .png()
    .toBuffer();

/** 40 frames, most of which draw only what has changed. */
function orbit(): Buffer {
  const size = 240;
  const frames: GifFrame[] = [{ colour: [24, 28, 44], width: size, height: size }];
  for (let n = 0; n < 39; n++) {
    const angle = (n / 39) * 2 * Math.PI;
    const at = (radius: number) => Math.round(size / 2 + radius - 16);
    frames.push({
      colour: [255 - n * 4, 120 + n * 3, 90 + n * 4],
      left: at(84 * Math.cos(angle)),
      top: at(84 * Math.sin(angle)),
      width: 32,
      height: 32,
      disposal: n % 3 === 0 ? 1 : 3,
      delay: 6,
    });
  }
  return animatedGif([size, size], frames, { repeats: 0 });
}
