/**
 * Runs each test without the others of its file, and so finds those that need something that another has left behind:
 * `npm run alone -- PATH…`, with the paths of tests.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The parts that are used here of what `jest --json` writes. */
interface Results {
  testResults: {
    name: string;
    message: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
}

const jest = path.join(__dirname, '..', 'node_modules', 'jest', 'bin', 'jest.js');
const folder = mkdtempSync(path.join(tmpdir(), 'alone-'));
let failures = 0;
try {
  // Each round runs one test of each file that has so many.
  for (let n = 0, files = process.argv.slice(2); files.length > 0; n++) {
    const { testResults } = round(n, files);
    files = [];
    for (const { name, message, assertionResults } of testResults) {
      const run = assertionResults.filter(({ status }) => status !== 'pending' && status !== 'todo');
      if (run.some(({ status }) => status === 'failed') || assertionResults.length === 0) {
        failures++;
        console.log(message);
      }
      if (n + 1 < assertionResults.length) files.push(name);
    }
    console.log(
      `Ran test ${n + 1} of each file. Files with more: ${files.length}. Failed so far: ${failures}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures > 0 ? 1 : 0;

function round(n: number, files: string[]): Results {
  const output = path.join(folder, `${n}.json`);
  const args = ['--silent', '--json', `--outputFile=${output}`, '--testEnvironment=./test/alone.cjs'];
  spawnSync(process.execPath, [jest, ...args, ...files], {
    env: { ...process.env, ALONE: String(n) },
    stdio: 'ignore',
  });
  return JSON.parse(readFileSync(output, 'utf8')) as Results;
}
