import { scan, withoutMetadata } from '../../../../functions/lib/prescan';
import { phonePicture } from '../../../fixtures/heic';
import { bombs, type Outcome, truncations } from './bombs';
import * as build from './build';

/** What a workflow with default limits would decide next. */
type Verdict = Exclude<Outcome, 'thumbnail'> | 'decode';

function judge(bytes: Uint8Array): Verdict {
  if (bytes.length === 0) return 'EmptyObject';
  const result = scan(bytes, { whole: true });
  switch (result.kind) {
    case 'unsupported':
      return 'UnsupportedFormat';
    case 'suspicious':
      return 'SuspiciousImage';
    case 'image': {
      const { width, height } = result;
      return Math.max(width, height) > 16_384 || width * height > 50_000_000 ? 'ImageTooLarge' : 'decode';
    }
    case 'corrupt':
      return 'CorruptImage';
    case 'more':
      throw new Error('There is no more of a whole file.');
  }
}

describe('each hostile file is judged before it is decoded', () => {
  test.each(bombs)('$name: $scan', async ({ name, build: make, scan: kind, outcome }) => {
    const bytes = await make();
    expect(scan(bytes, { whole: true }).kind).toBe(kind);
    // What is passed on to the decoder ends as a thumbnail, or the decoder finds it corrupt. That of HEIC is bounded too.
    const verdict = judge(bytes);
    const decoded = ['thumbnail', 'CorruptImage', ...(name.startsWith('HEIC') ? ['SuspiciousImage'] : [])];
    expect(verdict === 'decode' ? decoded : [verdict]).toContain(outcome);
  });
});

describe('what is suspicious says what was counted', () => {
  test.each([
    ['JPEG of 10,000 scans', 'scans', 100],
    ['JPEG of 100,000 segments', 'chunks', 50_000],
    ['PNG of a million text chunks', 'chunks', 50_000],
    ['GIF of 100,000 comments', 'chunks', 50_000],
    ['TIFF whose directory is its own successor', 'directories', 1],
    ['AVIF with six million boxes of 8 bytes before the picture', 'chunks', 50_000],
    ['AVIF with six million boxes of 8 bytes after the picture', 'chunks', 50_000],
  ])('%s: %s', async (name, what, allowed) => {
    const bytes = await bombs.find((bomb) => bomb.name === name)!.build();
    const result = scan(bytes, { whole: true });
    expect(result).toMatchObject({
      kind: 'suspicious',
      what,
      allowed,
      reason: expect.stringContaining('Expected'),
    });
    if (result.kind === 'suspicious') expect(result.found).toBeGreaterThan(allowed);
  });
});

describe('a file cut at any tenth', () => {
  test.each<[string, () => Promise<Buffer>]>([
    ['JPEG', () => build.flat(640, 480).jpeg().withMetadata({ orientation: 6 }).toBuffer()],
    ['progressive JPEG', () => build.flat(640, 480).jpeg({ progressive: true }).toBuffer()],
    ['PNG', () => build.flat(640, 480).png().withMetadata({ orientation: 6 }).toBuffer()],
    ['WebP', () => build.flat(640, 480).webp().withMetadata({ orientation: 6 }).toBuffer()],
    ['GIF', () => build.flat(640, 480).gif().toBuffer()],
    ['AVIF', () => build.flat(64, 48).avif({ effort: 0 }).toBuffer()],
    ['HEIC', async () => phonePicture()],
    ['TIFF', () => build.flat(64, 48).tiff().toBuffer()],
  ])('%s: is corrupt, or an image of the right size that is passed on to the decoder', async (_, make) => {
    const bytes = await make();
    const all = scan(bytes, { whole: true });
    if (all.kind !== 'image') throw new Error(`Expected an image but received ${JSON.stringify(all)}`);
    const { width, height } = all;
    for (const part of truncations(bytes)) {
      const result = scan(part, { whole: true });
      expect(['corrupt', 'image']).toContain(result.kind);
      if (result.kind === 'image') expect(result).toMatchObject({ width, height });
      expect(withoutMetadata(part, all.format).length).toBeLessThanOrEqual(part.length + 10);
    }
  });
});
