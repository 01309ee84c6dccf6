/** sharp in a bundle, without the parts that no function needs (bundling/adapted-sharp.ts). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../bundling/compile';
import sharp from '../fixtures/sharp';
import { project, ROOT } from './project';

const root = project('lean-sharp', {
  'functions/probe/handler.ts': `
    import sharp from 'sharp';
    const picture = () =>
      sharp({ create: { width: 2, height: 2, channels: 4, background: { r: 9, g: 8, b: 7, alpha: 0 } } });
    const PROBES: Record<string, (value: never) => unknown> = {
      flatten: async (background) => [...(await picture().flatten({ background }).raw().toBuffer())],
      tint: async (colour) => [...(await picture().flatten().tint(colour).raw().toBuffer())],
      property: (name) => typeof sharp[name],
      settings: async () => {
        sharp.cache(false);
        const jpeg = await picture().jpeg().toBuffer();
        const load = () => sharp(jpeg).metadata().then(({ format }) => format, (error: Error) => error.message);
        sharp.block({ operation: ['VipsForeignLoad'] });
        const blocked = await load();
        sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer'] });
        return [sharp.concurrency(3), sharp.concurrency(), blocked, await load()];
      },
      cache: (options) => sharp.cache(options),
      jp2: () => picture().jp2().toBuffer(),
      loaded: () => Object.keys(require.cache),
    };
    export const handler = async (probe: string, value: never) => PROBES[probe]!(value);
  `,
});

/** With its addon in the package, as on Lambda. */
const folder = join(root, 'package');
mkdirSync(join(folder, 'node_modules'), { recursive: true });
for (const name of ['@img', 'sharp', 'semver', 'detect-libc']) {
  symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
}
for (const [file, bytes] of compile(root, 'functions', ['probe']).get('probe')!.files) {
  writeFileSync(join(folder, file), bytes);
}

/** Runs a probe in the bundle. @returns its result, or the message of its error */
function probe(name: string, value?: unknown): unknown {
  const script = `
    require(process.argv[1] + '/index.js').handler(...JSON.parse(process.argv[2])).then(
      (result) => console.log(JSON.stringify(result)),
      (error) => console.log(JSON.stringify(error.message)),
    );`;
  const call = JSON.stringify([name, value]);
  return JSON.parse(execFileSync(process.execPath, ['-e', script, folder, call], { encoding: 'utf8' }));
}

const picture = () =>
  sharp({ create: { width: 2, height: 2, channels: 4, background: { r: 9, g: 8, b: 7, alpha: 0 } } });

test.each<[string, sharp.Color]>([
  ['numbers', { r: 17, g: 34, b: 51 }],
  ['numbers with alpha', { r: 200, g: 34, b: 51, alpha: 0.5 }],
  ['numbers outside their range', { r: 300, g: -1, b: 51 }],
  ['#rrggbb', '#336699'],
  ['a name', 'tomato'],
])('a colour as %s is what it is in sharp as npm installed it', async (_how, colour) => {
  const expected = [...(await picture().flatten({ background: colour }).raw().toBuffer())];
  expect(probe('flatten', colour)).toEqual(expected);
  expect(probe('tint', colour)).toEqual([...(await picture().flatten().tint(colour).raw().toBuffer())]);
});

test('loaders are blocked and unblocked, and the number of threads is set', () => {
  expect(probe('settings')).toEqual([3, 3, expect.stringContaining('unsupported image format'), 'jpeg']);
});

test.each(['counters', 'format', 'simd', 'versions'])(
  'sharp.%s says that it is not in the bundle',
  (name) => {
    expect(probe('property', name)).toBe(
      `sharp.${name} is not part of the bundles: see bundling/substitutes/sharp-utility.cjs.`,
    );
  },
);

test('so do settings that no function uses, and a format for which sharp asks libvips', () => {
  expect(probe('cache', { memory: 1 })).toMatch(
    /^sharp\.cache of anything but false is not part of the bundles/,
  );
  expect(probe('jp2')).toMatch(/^sharp\.format is not part of the bundles/);
});

test('loads the addon at once by its path in the package', () => {
  const files = (probe('loaded') as string[]).map((file) => file.replaceAll('\\', '/'));
  expect(files).toEqual([
    expect.stringMatching(/package\/index\.js$/),
    expect.stringMatching(/@img\/sharp-[^/]+\/lib\/sharp-[^/]+\.node$/),
  ]);
});
