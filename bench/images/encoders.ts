/** The encoders that bytes are compared with: sharp's own at more effort, and programs and Python packages that are installed. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { cpuOf, isInstalled, type Warm } from './contenders';

export type Format = 'jpeg' | 'webp' | 'png';

/** What an encoder made, and the CPU it took in milliseconds. */
export interface Encoded {
  data: Buffer;
  cpuMs: number;
}

export interface Encoder {
  name: string;
  format: Format;
  /** Whether it keeps every sample; then `quality` means nothing. */
  lossless?: boolean;
  /** @param file of a PNG */
  encode(file: string, quality: number): Promise<Encoded>;
}

/** How the tools are installed that a machine may lack. */
export const INSTALL: Record<string, string> = {
  score: 'python3 -m pip install ssimulacra2 pillow',
  jpegli: 'python3 -m pip install pyjpegli pillow',
  oxipng: 'python3 -m pip install pyoxipng',
  cwebp: 'apt-get install webp',
};

/** @returns those that are installed, and the names of those that are not */
export function encodersIn(
  folder: string,
  python: Warm,
  inPython: readonly string[],
): { encoders: Encoder[]; missing: string[] } {
  const out = path.join(folder, 'encoded');
  const bySharp =
    (how: (image: Sharp, quality: number) => Sharp): Encoder['encode'] =>
    async (file, quality) => {
      const png = await readFile(file);
      return timed(() => how(sharp(png), quality).toBuffer());
    };
  const byPython =
    (job: string): Encoder['encode'] =>
    async (file, quality) => {
      const { cpuMs } = await python.run({ do: job, file, quality, out });
      return { cpuMs, data: await readFile(out) };
    };
  const byCwebp =
    (...options: string[]): Encoder['encode'] =>
    async (file, quality) => {
      const cpuMs = await cpuOf('cwebp', ['-quiet', '-q', String(quality), ...options, file, '-o', out]);
      return { cpuMs, data: await readFile(out) };
    };
  const all: (Encoder & { needs?: string })[] = [
    {
      name: "sharp's mozjpeg",
      format: 'jpeg',
      encode: bySharp((image, quality) => image.jpeg({ quality, mozjpeg: true })),
    },
    {
      name: "sharp's mozjpeg, 4:4:4",
      format: 'jpeg',
      encode: bySharp((image, quality) => image.jpeg({ quality, mozjpeg: true, chromaSubsampling: '4:4:4' })),
    },
    { name: 'jpegli', format: 'jpeg', encode: byPython('jpegli'), needs: 'jpegli' },
    {
      name: "sharp's WebP, effort 6",
      format: 'webp',
      encode: bySharp((image, quality) => image.webp({ quality, effort: 6 })),
    },
    { name: 'cwebp -m 6', format: 'webp', encode: byCwebp('-m', '6'), needs: 'cwebp' },
    {
      name: 'cwebp -m 6 -sharp_yuv',
      format: 'webp',
      encode: byCwebp('-m', '6', '-sharp_yuv'),
      needs: 'cwebp',
    },
    {
      name: 'cwebp -lossless -z 9',
      format: 'webp',
      lossless: true,
      encode: byCwebp('-lossless', '-z', '9'),
      needs: 'cwebp',
    },
    {
      name: "sharp's PNG, level 9, adaptive",
      format: 'png',
      lossless: true,
      encode: bySharp((image) => image.png({ compressionLevel: 9, adaptiveFiltering: true })),
    },
    { name: 'oxipng -o 4', format: 'png', lossless: true, encode: byPython('oxipng'), needs: 'oxipng' },
  ];
  const has = (tool = '') =>
    tool === '' || inPython.includes(tool) || (tool === 'cwebp' && isInstalled('cwebp'));
  const missing = new Set(all.filter(({ needs }) => !has(needs)).map(({ needs }) => needs as string));
  return { encoders: all.filter(({ needs }) => has(needs)), missing: [...missing] };
}

/** Runs it in this process and counts its CPU. */
export async function timed(encode: () => Promise<Buffer>): Promise<Encoded> {
  const before = process.cpuUsage();
  const data = await encode();
  const { user, system } = process.cpuUsage(before);
  return { data, cpuMs: (user + system) / 1_000 };
}
