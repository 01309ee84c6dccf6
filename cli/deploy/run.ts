import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Result } from '../lib/command';
import { readConfiguration } from '../lib/configuration';
import { PROJECT, synthesizedIn } from '../lib/synthesize';
import { check } from './checks';
import { print } from './finding';
import { readStack } from './synthesized';

// cdktf would print an error in red where it can't report its use to HashiCorp, and Terraform would look for updates.
process.env['CHECKPOINT_DISABLE'] ||= '1';

const STACK = 'thumbnail-workflow';
const OUT = process.env['CDKTF_OUTDIR'] ?? path.join(PROJECT, 'cdktf.out');
const CDKTF = require.resolve('cdktf-cli/bundle/bin/cdktf');

interface Values {
  /** Absolute path. */
  settings?: string;
  'skip-checks': boolean;
  'replace-everything': boolean;
}

/** @param rest further arguments for "cdktf deploy" */
export async function deployStack(values: Values, rest: string[]): Promise<Result> {
  if (values.settings) process.env['SETTINGS'] = values.settings;
  const deploy = [CDKTF, 'deploy', STACK, '--outputs-file', 'outputs.json', '--output', OUT, ...rest];
  if (values['skip-checks']) return ended(await node(...deploy));

  // The app itself, as cdktf.json has it: cdktf would put many words around an error in the settings.
  const synthesized = await node('--import', 'tsx', 'main.ts');
  if (synthesized !== 0) return { ok: false };
  const file = await synthesizedIn(OUT);
  const configuration = readConfiguration(file);
  const folder = path.dirname(file);
  const stack = readStack(configuration, folder);
  const { findings, caller } = await check(configuration, stack, folder);
  print(findings);
  if (!caller || findings.some(({ level }) => level === 'stop')) {
    console.error('\nNothing was deployed. --skip-checks deploys without checking.');
    return { ok: false };
  }
  const asked = findings.some(({ level }) => level === 'ask');
  if (asked && !values['replace-everything'] && !(await consent(rest))) {
    console.error('\nNothing was deployed. --replace-everything deploys without asking.');
    return { ok: false };
  }
  console.error(`Deploying to account ${caller.account}, ${stack.region}, as ${caller.arn}`);
  return ended(await node(...deploy, '--skip-synth'));
}

/** Asks at the terminal. Who approves everything beforehand, as a CI does, has not read the question. */
async function consent(rest: string[]): Promise<boolean> {
  if (!process.stdin.isTTY || rest.includes('--auto-approve')) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('\nReplace everything? Only "replace" is taken for a yes: ');
  terminal.close();
  return answer.trim() === 'replace';
}

/** S3 says so of versioning: docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html */
const DEPLOYED = `Deployed. To see whether it works: npm run doctor
In the first 15 minutes of a new bucket S3 may not show an upload yet: its event then waits, and its thumbnails come later.`;

const ended = (status: number): Result =>
  status === 0
    ? { ok: true, summary: DEPLOYED }
    : { ok: false, summary: `cdktf deploy ended with status ${status}: see above.` };

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
