/** Starts the engine as `npm start` does, waits for its first picture, and stops it with Ctrl-C. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATIENCE = 180_000;

const data = mkdtempSync(join(tmpdir(), 'first-picture-'));
const engine = spawn(
  process.execPath,
  ['--import', 'tsx', 'cli/main.ts', 'start', '--port', '0', '--data', data],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const patience = setTimeout(() => engine.kill('SIGKILL'), PATIENCE);
let output = '';
let stopping = false;
engine.stdout.on('data', (chunk) => {
  output += chunk;
  if (stopping || !output.includes('Ctrl-C stops it')) return;
  // Once only: a second Ctrl-C ends the engine without waiting for anything.
  stopping = true;
  engine.kill('SIGINT');
});
engine.on('close', (code, signal) => {
  clearTimeout(patience);
  rmSync(data, { recursive: true, force: true });
  const done = code === 0 && output.includes('"status": "DONE"');
  if (!done) console.error(output);
  console.log(
    done
      ? `Node ${process.version}: the first picture is DONE, and Ctrl-C ended the engine with 0`
      : `Node ${process.version}: expected the first picture DONE and exit status 0 after Ctrl-C, but the engine ended with ${signal ?? code}`,
  );
  process.exitCode = done ? 0 : 1;
});
