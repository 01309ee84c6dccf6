import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROJECT = path.resolve(__dirname, '..');

/** Runs something between the start and the end of a test file's environment. */
async function inEnvironment(change: () => void): Promise<void> {
  const Environment = jest.requireActual('./environment.cjs');
  const environment = new Environment({ projectConfig: { fakeTimers: {} } });
  await environment.setup();
  change();
  await environment.teardown();
}

test('after a test file, what it changed is as before', async () => {
  const listener = () => {};
  const { env, exit, exitCode } = process;
  process.env['TEST_KEPT'] = 'before';
  const { fetch } = globalThis;
  await inEnvironment(() => {
    Object.assign(globalThis, { added: 1, fetch: () => {} });
    process.env['TEST_KEPT'] = 'after';
    process.env['TEST_ADDED'] = 'after';
    process.env = { TEST_ADDED: 'another object' };
    process.on('SIGINT', listener);
    process.exit = (() => {}) as never;
    process.exitCode = 1;
    process.chdir(tmpdir());
  });
  expect(globalThis).not.toHaveProperty('added');
  expect(globalThis.fetch).toBe(fetch);
  expect(process.env).toBe(env);
  expect(process.env).toMatchObject({ TEST_KEPT: 'before' });
  expect(process.env).not.toHaveProperty('TEST_ADDED');
  expect(process.listeners('SIGINT')).not.toContain(listener);
  expect([process.exit, process.exitCode]).toEqual([exit, exitCode]);
  expect(process.cwd()).toBe(PROJECT);
  delete process.env['TEST_KEPT'];
});

test('a variable that a test file deleted is back', async () => {
  await inEnvironment(() => {
    delete process.env['TEST_SHARED'];
  });
  expect(process.env['TEST_SHARED']).toBeTruthy();
});

test('an error of Node is an instance of the same class as ours', () => {
  expect(() => readFileSync(path.join(PROJECT, 'missing'))).toThrow(Error);
});
