/**
 * The same bundles run on Lambda and on whatever Node the engine is started with. TEST_NODES lists other Node executables,
 * separated as in PATH; .ci/run sets it.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { compile } from '../../bundling/compile';
import { compiledFunctions, FUNCTIONS } from './compiled';
import { project, ROOT } from './project';

const others = (process.env['TEST_NODES'] ?? '').split(delimiter).filter((path) => path !== '');
if (others.length === 0) {
  console.warn('Bundles were run on this Node only: TEST_NODES lists no others.');
}
const versionOf = (node: string) => execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
const nodes = [process.execPath, ...others].map((path) => [versionOf(path), path] as const);

/** A project with one function, which makes a picture. */
const root = project('versions', {
  'functions/picture/handler.ts': `
    import sharp from 'sharp';
    export const handler = async () => {
      const { info } = await sharp({ create: { width: 3, height: 2, channels: 3, background: '#fff' } })
        .jpeg().toBuffer({ resolveWithObject: true });
      return info.width + ' x ' + info.height;
    };
  `,
});

/** Writes the code of each bundle to a file in the folder of that project. */
const write = (bundles: ReturnType<typeof compile>) =>
  [...bundles].map(([name, { files }]) => {
    const file = join(root, `${name}.cjs`);
    writeFileSync(file, files.get('index.js')!);
    return file;
  });

const [picture] = write(compile(root, 'functions', ['picture']));
const own = write(compiledFunctions());

describe.each(nodes)('Node %s', (_version, node) => {
  const run = (script: string, ...values: string[]) =>
    execFileSync(node, ['-e', script, ...values], {
      env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') },
      encoding: 'utf8',
    });

  test('parses the bundle of every function', () => {
    const parse = `
      const files = process.argv.slice(1);
      for (const file of files) require('vm').compileFunction(require('fs').readFileSync(file, 'utf8'));
      console.log(files.length);
    `;
    expect(run(parse, ...own)).toBe(`${FUNCTIONS.length}\n`);
  });

  test('runs a bundle with sharp in it', () => {
    expect(run('require(process.argv[1]).handler().then(console.log)', picture!)).toBe('3 x 2\n');
  });
});
