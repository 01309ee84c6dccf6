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
engine.stdout.on('data', (chunk) => {
  output += chunk;
  if (output.includes('Ctrl-C stops it')) engine.kill('SIGINT');
});
engine.on('close', (code) => {
  clearTimeout(patience);
  rmSync(data, { recursive: true, force: true });
  const done = code === 0 && output.includes('"status": "DONE"');
  if (!done) console.error(output);
  console.log(
    `Node ${process.version}: the first picture ${done ? 'is DONE' : `failed, with exit status ${code}`}`,
  );
  process.exitCode = done ? 0 : 1;
});
