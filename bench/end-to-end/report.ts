/** Tables as docs/performance.md shows them. */
import { readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Picture } from '../images/pictures';

export const MIB = 1024 ** 2;

export const megabytes = (bytes: number) => `${Math.round(bytes / MIB)} MiB`;

export const milliseconds = (seconds: number) => `${(seconds * 1_000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;

/** The machine and the versions that the numbers were measured with. */
export function machine(): string {
  const { sharp: version, vips } = sharp.versions;
  return `${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}, sharp ${version}, libvips ${vips}`;
}

/** The first column is text; the others are numbers. */
export function table(columns: string[], rows: string[][]): void {
  console.log();
  for (const row of [columns, columns.map((_, n) => (n === 0 ? '---' : '--:')), ...rows]) {
    console.log(`| ${row.join(' | ')} |`);
  }
}

export interface Goal {
  goal: string;
  measured: string;
  met: boolean;
}

export function goals(all: Goal[]): void {
  table(
    ['goal', 'measured', ''],
    all.map(({ goal, measured, met }) => [goal, measured, met ? 'met' : 'missed']),
  );
}

/** The pictures in a folder, by name. */
export async function picturesIn(folder: string, pattern: RegExp): Promise<Picture[]> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const { width, height } = await sharp(file).metadata();
      return { name, file, megapixels: (width * height) / 1e6 };
    }),
  );
}
