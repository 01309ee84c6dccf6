import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extrasFor } from '../../stacks/catalogue';
import { parseSettings } from '../../stacks/settings/load';

const ROOT = join(__dirname, '../..');
const settings = (accept?: string[]) => parseSettings(accept ? { accept } : {}, 'settings.json');

test('packages hold nothing but code unless HEIC is accepted', () => {
  expect(extrasFor(settings())).toEqual([]);
  expect(extrasFor(settings(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff']))).toEqual([]);
});

describe('with HEIC, the functions that decode', () => {
  const [heic] = extrasFor(settings(['jpeg', 'heic']));
  const texts = Object.entries(heic?.files ?? {}).map(
    ([path, source]) => [path, readFileSync(join(ROOT, source))] as const,
  );

  test('get the decoder as files that can be replaced', () => {
    expect(heic?.functions).toEqual(['thumbnail', 'render']);
    const modules = texts.filter(([, bytes]) => WebAssembly.validate(new Uint8Array(bytes)));
    expect(modules.map(([path]) => path)).toEqual(['node_modules/libheif-js/libheif-wasm/libheif.wasm']);
  });

  test('get its licences', () => {
    const licences = texts.filter(([path]) => path.endsWith('LICENSE')).map(([, bytes]) => bytes.toString());
    expect(licences).toHaveLength(2);
    for (const licence of licences) expect(licence).toMatch(/GNU LESSER GENERAL PUBLIC LICENSE/);
  });
});
