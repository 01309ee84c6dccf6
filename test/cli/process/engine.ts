/** An engine that runs, and a folder of pictures for `npm run process`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Workflow } from '../../end-to-end/workflow';
import { picture } from '../../fixtures/images';
import { call } from '../call';

export let workflow: Workflow;
export let folder: string;

/** For the tests of one file. */
export function useEngine(): void {
  beforeAll(async () => {
    const preset = (name: string, prefix: string) => ({ name, prefix, variants: [{ name, width: 50 }] });
    workflow = await Workflow.start({
      settings: { presets: [preset('product', 'products/'), preset('other', '')] },
      waitScale: 0.01,
      log: () => {},
    });
    folder = await mkdtemp(path.join(tmpdir(), 'pictures-'));
    await mkdir(path.join(folder, 'products'));
    await mkdir(path.join(folder, 'people'));
    const jpeg = await picture();
    for (const name of ['one.jpg', 'two.jpg', 'products/a.jpg', 'people/a.jpg']) {
      await writeFile(path.join(folder, name), jpeg);
    }
  });

  afterAll(async () => {
    await workflow?.end();
    await rm(folder, { recursive: true });
  });

  afterEach(() => {
    workflow.inject();
    jest.restoreAllMocks();
  });
}

export const at = (...names: string[]) => names.map((name) => path.join(folder, name));
export const out = () => path.join(folder, 'out');
export const args = (...rest: string[]) => ['--data', workflow.dataDir, '--out', out(), ...rest];
export const processed = (...rest: string[]) => call('process', ...args(...rest));
