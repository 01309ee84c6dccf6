import { spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

/** The checkout: where main.ts and node_modules are. */
export const PROJECT = path.resolve(__dirname, '../..');

/** Gets a mail on a first run: the engine sends none, but writes each into a folder. RFC 2606 keeps the domain free. */
export const SOMEONE = 'you@example.com';

/**
 * Synthesizes the project's stack for a run on this machine: the same program as `npm run synth`, except that the
 * function packages leave out the native modules built for Lambda.
 *
 * @param folder where synth writes to
 * @param settings path of the settings file; the project's by default
 * @param someone address that is notified if the settings name none; empty for nobody
 * @returns path of the `cdk.tf.json`
 * @throws Error with what synth printed, when it fails
 */
export async function synthesize(folder: string, settings?: string, someone = SOMEONE): Promise<string> {
  await mkdir(folder, { recursive: true });
  await run(process.execPath, ['--import', 'tsx', 'main.ts'], {
    BUNDLE_FOR: 'local',
    CDKTF_OUTDIR: folder,
    LOCAL_ADDRESS: someone,
    ...(settings && { SETTINGS: path.resolve(settings) }),
  });
  return synthesizedIn(folder);
}

/** @returns path of the `cdk.tf.json` that was synthesized into a folder */
export async function synthesizedIn(folder: string): Promise<string> {
  const stacks = path.join(folder, 'stacks');
  const [name, ...more] = await readdir(stacks);
  if (!name || more.length > 0) {
    throw new Error(`Expected one synthesized stack in ${stacks} but received ${[name, ...more].join(', ')}`);
  }
  return path.join(stacks, name, 'cdk.tf.json');
}

function run(command: string, args: string[], environment: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: PROJECT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(output.trim()))));
  });
}
