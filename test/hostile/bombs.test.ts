import { type Hazard, hazards, lightHazards } from './catalogue';
import { expectOutcome, isOptional } from './outcome';
import { Sandbox } from './sandbox';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

describe('each hostile file has the right outcome, within its limits of time and memory', () => {
  test.each(lightHazards)('$name: $outcome', (hazard) => expectOutcome(sandbox, hazard));
});

describe('by default an AVIF, TIFF or HEIC is refused because of its format, whatever else is wrong with it', () => {
  const optional = hazards.filter(({ name }) => isOptional(name));

  test.each(optional.map((hazard): [string, Hazard] => [hazard.name, hazard]))(
    '%s',
    async (name, { build }) => {
      const { outcome } = await sandbox.run(await build());
      const found = `${name.startsWith('AVIF') ? 'an' : 'a'} ${name.slice(0, 4)} image${name.startsWith('HEIC') ? ' (iPhone photo)' : ''}`;
      expect(outcome).toEqual({
        kind: 'refused',
        by: 'Validate',
        name: 'UnsupportedFormat',
        message: `Only JPEG, PNG, WebP, and GIF images are accepted; this file is ${found}. Convert it and upload it again.`,
      });
    },
  );
});
