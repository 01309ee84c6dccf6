import { spawn } from 'node:child_process';
import path from 'node:path';
import { command } from '../lib/arguments';
import { readConfiguration } from '../lib/configuration';
import { PROJECT, synthesizedIn } from '../lib/synthesize';
import { check } from './checks';
import { readStack } from './synthesized';

const USAGE = `Usage: npm run deploy [-- [--skip-checks] [ARGUMENTS]]

Synthesizes the stack, looks for what would make a deploy fail half-way, and runs "cdktf deploy".

  --skip-checks  do not look at Terraform, credentials, addresses, the account's capacity and an existing bucket
  ARGUMENTS      go to "cdktf deploy", for example --auto-approve

SETTINGS=FILE picks another settings file than settings.json.

Exit status: that of "cdktf deploy", or 1 when a check stops it.`;

const STACK = 'thumbnail-workflow';
const OUT = process.env['CDKTF_OUTDIR'] ?? path.join(PROJECT, 'cdktf.out');
const CDKTF = require.resolve('cdktf-cli/bundle/bin/cdktf');

command(USAGE, async () => {
  const given = process.argv.slice(2);
  const skipChecks = given.includes('--skip-checks');
  const deploy = [CDKTF, 'deploy', STACK, '--outputs-file', 'outputs.json', '--output', OUT];
  deploy.push(...given.filter((argument) => argument !== '--skip-checks'));
  if (skipChecks) return node(...deploy);

  // The app itself, as cdktf.json has it: cdktf would put many words around an error in the settings.
  const synthesized = await node('--import', 'tsx', 'main.ts');
  if (synthesized !== 0) return synthesized;
  const file = await synthesizedIn(OUT);
  const configuration = readConfiguration(file);
  const stack = readStack(configuration, path.dirname(file));
  const { findings, caller } = await check(configuration, stack);
  for (const { level, text } of findings) console.error(`${level === 'stop' ? '✗' : '•'} ${text}`);
  if (!caller || findings.some(({ level }) => level === 'stop')) {
    console.error('\nNothing was deployed. --skip-checks deploys without looking.');
    return 1;
  }
  console.error(`Deploying to account ${caller.account}, ${stack.region}, as ${caller.arn}`);
  return node(...deploy, '--skip-synth');
});

/** @returns the exit status of a program of Node's that has the terminal of this one */
function node(...args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' });
    // Ctrl-C reaches the child as well: Terraform then ends what it is doing, and this waits for it.
    const wait = () => {};
    process.on('SIGINT', wait);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', wait);
      resolve(code ?? 1);
    });
  });
}
