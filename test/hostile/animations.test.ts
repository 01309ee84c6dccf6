/** Which animations get a still. */
import * as build from '../functions/lib/prescan/build';
import { framesOf, settings } from './animated';
import { hazards } from './catalogue';
import { Sandbox } from './sandbox';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

describe('what takes more work gets a still', () => {
  test.each<[string, number, () => Buffer | Promise<Buffer>]>([
    ['1,001 frames', 10, () => build.gif([1, 1], build.times(1_001, build.gifFrame(1, 1)))],
    ['100,000 frames of a GIF', 10, () => build.gif([1, 1], build.times(100_000, build.gifFrame(1, 1)))],
    ['100,000 frames of a WebP', 10, () => build.webpWithFrames(100_000)],
    ['frames that are enlarged', 2_000, () => build.gif([1, 1], build.times(50, build.gifFrame(1, 1)))],
  ])('%s', async (_, side, make) => {
    expect(
      await framesOf(sandbox, await sandbox.run(await make(), { settings: settings(side, 'webp') })),
    ).toBe(1);
  });
});

describe('a hostile GIF or WebP has the same outcome with an animated variant', () => {
  test.each(hazards.filter(({ name }) => /^(GIF|WebP)/.test(name)))('$name: $outcome', async (hazard) => {
    const report = await sandbox.run(await hazard.build(), { settings: settings(200, 'same') });
    if (hazard.outcome === 'thumbnail') await framesOf(sandbox, report);
    else expect(report.outcome).toMatchObject({ kind: 'refused', name: hazard.outcome });
  });
});
