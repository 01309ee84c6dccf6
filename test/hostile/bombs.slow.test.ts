/** The files of bombs.test.ts that take seconds each. */
import { phonePicture } from '../fixtures/heic';
import { truncations } from '../functions/lib/prescan/bombs';
import { heavyHazards } from './catalogue';
import { expectOutcome, settings } from './outcome';
import { Sandbox } from './sandbox';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

describe('each hostile file has the right outcome, within its limits of time and memory', () => {
  test.each(heavyHazards)('$name: $outcome', (hazard) => expectOutcome(sandbox, hazard));

  test('there is each of the heavy ones', () => {
    expect(heavyHazards).toHaveLength(7);
  });
});

test('a HEIC of tiles that is cut at any tenth is corrupt', async () => {
  for (const part of truncations(phonePicture({ hasPreview: false }))) {
    const { outcome } = await sandbox.run(part, { settings });
    expect(outcome).toMatchObject({ kind: 'refused', name: 'CorruptImage' });
  }
});
