import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scan, withoutMetadata } from '../../../../functions/lib/prescan';
import { type Bomb, bombs, exifLoops, giants, heics, TRAILER } from './bombs';

/** Decodes the files in its arguments with the options for untrusted images, and prints each outcome. */
const DECODE = `
  const sharp = require('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  // Time of the processor: on a busy machine, that on the wall says nothing.
  setInterval(() => process.cpuUsage().user > 20e6 && process.exit(9), 100).unref();
  (async () => {
    for (const file of process.argv.slice(1)) {
      const bytes = require('node:fs').readFileSync(file);
      const picture = () => sharp(bytes, { failOn: bytes[0] === 0xff ? 'warning' : 'error', limitInputPixels: 50_000_000 });
      try {
        await picture().metadata();
        const output = await picture().resize(200, 200, { fit: 'inside' }).toBuffer();
        console.log(output.includes(${JSON.stringify(TRAILER)}) ? 'trailer' : 'thumbnail');
      } catch (error) {
        console.log('CorruptImage');
      }
    }
  })();
`;

describe('what the cut leaves is safe to decode', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prescan-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Outcomes of decoding in a child process, which ends after 20 s of work. */
  async function decode(files: Uint8Array[]): Promise<string[]> {
    const paths = files.map((_, i) => join(folder, String(i)));
    await Promise.all(files.map((file, i) => writeFile(paths[i]!, file)));
    const options = { timeout: 170_000, killSignal: 'SIGKILL', encoding: 'utf8' } as const;
    const child = spawnSync(process.execPath, ['-e', DECODE, ...paths], options);
    expect({ signal: child.signal, status: child.status }).toEqual({ signal: null, status: 0 });
    return child.stdout.trim().split('\n');
  }

  async function decodeClean(selected: Bomb[]) {
    const files = await Promise.all(
      selected.map(async ({ build: make }) => {
        const bytes = await make();
        const result = scan(bytes, { whole: true });
        if (result.kind !== 'image')
          throw new Error(`Expected an image but received ${JSON.stringify(result)}`);
        return withoutMetadata(bytes, result.format);
      }),
    );
    const outcomes = await decode(files);
    return selected.map(({ name }, i) => ({ name, outcome: outcomes[i] }));
  }

  const isDecoded = ({ scan: kind, outcome }: Bomb) => kind === 'image' && outcome !== 'ImageTooLarge';
  const others = bombs
    .filter((bomb) => !exifLoops.includes(bomb) && !giants.includes(bomb) && !heics.includes(bomb))
    .filter(isDecoded);

  test('looped EXIF in every format, on which sharp alone hangs', async () => {
    expect(await decodeClean(exifLoops)).toEqual(exifLoops.map(({ name, outcome }) => ({ name, outcome })));
  });

  test('polyglots, and counts at their limits', async () => {
    expect(await decodeClean(others)).toEqual(others.map(({ name, outcome }) => ({ name, outcome })));
  });

  test.each(giants.filter(isDecoded))('$name: $outcome', async (giant) => {
    expect(await decodeClean([giant])).toEqual([{ name: giant.name, outcome: giant.outcome }]);
  });
});
