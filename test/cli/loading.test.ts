import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { COMMANDS } from '../../cli/commands';

const PROJECT = path.resolve(__dirname, '..', '..');

/** The files and packages that a new process loads with these modules. */
function loadedBy(...modules: string[]): string[] {
  const program = `${modules.map((name) => `require('./${name}');`).join('\n')}
    console.log(JSON.stringify(Object.keys(require.cache)));`;
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--eval', program], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  return (JSON.parse(output) as string[])
    .map((file) => path.relative(PROJECT, file).split(path.sep).join('/'))
    .filter((file) => !/^node_modules\/(tsx|esbuild|get-tsconfig)\//.test(file));
}

test('asking for help loads no package, no engine, and only the data of the commands', () => {
  const loaded = loadedBy('cli/commands', 'cli/lib/run-command', ...Object.keys(COMMANDS).map(commandOf));
  expect(loaded).toEqual(expect.arrayContaining(['cli/lib/help.ts', 'cli/stuck/command.ts']));
  expect(
    loaded.filter(
      (file) =>
        !/^(cli\/(lib\/|commands\.ts|\w+\/command\.ts|redrive\/names\.ts)|contract\/(text|backfill)\.ts)/.test(
          file,
        ),
    ),
  ).toEqual([]);
}, 30_000);

test('a command that works on AWS does not load the engine', () => {
  const loaded = loadedBy(
    ...['deploy', 'doctor', 'erase', 'estimate', 'redrive', 'replay', 'stuck'].map(runOf),
  );
  expect(loaded).toEqual(expect.arrayContaining(['cli/lib/target.ts']));
  expect(loaded.filter((file) => file.startsWith('local-aws/'))).toEqual([]);
}, 60_000);

const commandOf = (name: string) => `cli/${name}/command.ts`;
const runOf = (name: string) => `cli/${name}/run.ts`;
