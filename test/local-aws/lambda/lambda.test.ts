import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createLambda,
  FunctionError,
  type InvocationFault,
  type Lambda,
  type LambdaOptions,
} from '../../../local-aws/lambda';
import type { LambdaFunction } from '../../../local-aws/stack/model';
import { functionOf, zipOf } from './zip';

let folder: string;
let lambda: Lambda | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lambda test '));
});
afterEach(async () => {
  await lambda?.close();
  lambda = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function start(functions: LambdaFunction[], overrides: Partial<LambdaOptions> = {}): Lambda {
  lambda = createLambda({
    functions,
    dataDir: folder,
    endpoint: 'http://127.0.0.1:4566',
    region: 'eu-west-1',
    credentials: (arn) => ({
      arn,
      accessKeyId: 'ASIAROLE',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    }),
    modulePaths: [],
    ...overrides,
  });
  return lambda;
}

/** Invokes a function made of this code. */
function run(
  code: string | Record<string, string>,
  overrides: Partial<LambdaFunction> = {},
  event: unknown = {},
) {
  const fn = functionOf(folder, code, overrides);
  return start([fn]).invoke(fn.qualifiedArn, event);
}

/** The error document of an invocation that must fail. */
async function failureOf(invocation: Promise<unknown>) {
  const error = await invocation.then(
    (answer) => {
      throw new Error(`Expected a failure but received ${JSON.stringify(answer)}`);
    },
    (reason: unknown) => reason as FunctionError,
  );
  expect(error).toBeInstanceOf(FunctionError);
  const document = JSON.parse(error.message) as { errorType: string; errorMessage: string; trace?: string[] };
  expect(document.errorType).toBe(error.name);
  return document;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(20);
}

const logOf = (name: string) =>
  readFileSync(path.join(folder, 'logs', `${name}.log`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('what a function receives', () => {
  test('the event and the context Lambda gives', async () => {
    const answer = await run(
      `exports.handler = async (event, context) => ({
        event, context, left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });`,
      { name: 'thumbnail', timeoutSeconds: 7 },
      { key: 'ünïcode ☃' },
    );
    expect(answer).toMatchObject({
      event: { key: 'ünïcode ☃' },
      context: {
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionName: 'thumbnail',
        functionVersion: '7',
        invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:thumbnail:7',
        memoryLimitInMB: '256',
        logGroupName: '/aws/lambda/thumbnail',
      },
    });
    const { left } = answer as { left: number };
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(7000);
    expect(answer).not.toHaveProperty('trace');
  });

  test("its own environment and what Lambda sets, and nothing of the engine's", async () => {
    process.env['SECRET_OF_THE_ENGINE'] = 'leaked';
    const answer = (await run('exports.handler = async () => process.env;', {
      name: 'validate',
      environment: { TABLE: 'records', LANG: 'de_DE.UTF-8', AWS_REGION: 'us-east-1' },
    })) as Record<string, string>;
    delete process.env['SECRET_OF_THE_ENGINE'];
    expect(answer).toMatchObject({
      TABLE: 'records',
      LANG: 'de_DE.UTF-8',
      TZ: ':UTC',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'ASIAROLE',
      AWS_SESSION_TOKEN: 'token',
      AWS_LAMBDA_FUNCTION_NAME: 'validate',
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: expect.stringContaining(path.join('functions', 'validate-')),
    });
    const allowed =
      /^(TABLE|LANG|TZ|PATH|HOME|USERPROFILE|NODE_PATH|LAMBDA_TASK_ROOT|_HANDLER|SystemRoot|AWS_.*)$/;
    expect(Object.keys(answer).filter((name) => !allowed.test(name))).toEqual([]);
  });

  test('the trace id of the execution, in the environment', async () => {
    const fn = functionOf(folder, 'exports.handler = async () => process.env._X_AMZN_TRACE_ID;');
    const traceId = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    expect(await start([fn]).invoke(fn.qualifiedArn, {}, { traceId })).toBe(traceId);
  });

  test('packages from the module paths, which its own packages shadow', async () => {
    for (const name of ['layered', 'shadowed']) {
      mkdirSync(path.join(folder, 'layer', name), { recursive: true });
      writeFileSync(path.join(folder, 'layer', name, 'index.js'), "module.exports = 'layer';");
    }
    const fn = functionOf(folder, {
      'index.js': "exports.handler = async () => [require('layered'), require('shadowed')];",
      'node_modules/shadowed/index.js': "module.exports = 'package';",
    });
    const invoked = start([fn], { modulePaths: [path.join(folder, 'layer')] }).invoke(fn.qualifiedArn, {});
    expect(await invoked).toEqual(['layer', 'package']);
  });
});

describe('how the handler is found', () => {
  test.each([
    ['index.handler', { 'index.js': 'exports.handler = async () => "found";' }],
    ['src/deep/main.run', { 'src/deep/main.js': 'exports.run = async () => "found";' }],
    ['index.nested.run', { 'index.cjs': 'exports.nested = { run: async () => "found" };' }],
    ['index.handler', { 'index.mjs': 'export const handler = async () => "found";' }],
    [
      'index.handler',
      { 'index.js': 'export const handler = async () => "found";', 'package.json': '{"type":"module"}' },
    ],
  ])('%s in %j', async (handler, files) => {
    expect(await run(files as Record<string, string>, { handler })).toBe('found');
  });

  test.each([
    ['a missing module', {}, 'index.handler', 'Runtime.ImportModuleError', /Cannot find module 'index'/],
    [
      'a missing import',
      { 'index.js': 'require("absent")' },
      'index.handler',
      'Runtime.ImportModuleError',
      /'absent'/,
    ],
    [
      'a missing export',
      { 'index.js': '' },
      'index.handler',
      'Runtime.HandlerNotFound',
      /undefined or not exported/,
    ],
    [
      'no function',
      { 'index.js': 'exports.handler = 1' },
      'index.handler',
      'Runtime.HandlerNotFound',
      /not a function/,
    ],
    [
      'a syntax error',
      { 'index.js': 'const = 1' },
      'index.handler',
      'Runtime.UserCodeSyntaxError',
      /SyntaxError/,
    ],
    [
      'a path out',
      { 'index.js': '' },
      '../index.handler',
      'Runtime.MalformedHandlerName',
      /not a valid handler/,
    ],
    [
      'a throw while loading',
      { 'index.js': 'throw new RangeError("no")' },
      'index.handler',
      'RangeError',
      /^no$/,
    ],
    [
      'an exit while loading',
      { 'index.js': 'process.exit(4)' },
      'index.handler',
      'Runtime.ExitError',
      /exit status 4/,
    ],
    [
      'a callback',
      { 'index.js': 'exports.handler = (event, context, done) => done()' },
      'index.handler',
      'Runtime.CallbackHandlerDeprecated',
      /async/,
    ],
  ])('%s is an error with the name Lambda gives it', async (_what, files, handler, errorType, message) => {
    const failure = await failureOf(
      run({ 'readme.txt': '', ...files } as Record<string, string>, { handler }),
    );
    expect(failure.errorType).toBe(errorType);
    expect(failure.errorMessage).toMatch(message);
  });
});

describe('how a function fails', () => {
  test('a thrown error is its name, message and stack', async () => {
    const failure = await failureOf(
      run(`class Superseded extends Error { constructor(m) { super(m); this.name = 'Superseded'; } }
        exports.handler = async () => { throw new Superseded('a newer version "x" exists'); };`),
    );
    expect(failure).toEqual({
      errorType: 'Superseded',
      errorMessage: 'a newer version "x" exists',
      trace: expect.arrayContaining([
        'Superseded: a newer version "x" exists',
        expect.stringMatching(/index\.js:2/),
      ]),
    });
  });

  test('a thrown value that is not an error gives its type', async () => {
    expect(await failureOf(run('exports.handler = async () => { throw "plain"; };'))).toEqual({
      errorType: 'string',
      errorMessage: 'plain',
      trace: [],
    });
  });

  test('an answer that is not JSON fails the invocation but not the process', async () => {
    const fn = functionOf(
      folder,
      'exports.handler = async (e) => { if (e.ok) return process.pid; const a = {}; a.a = a; return a; };',
    );
    const { invoke } = start([fn], { maxConcurrency: 1 });
    const before = await invoke(fn.qualifiedArn, { ok: true });
    expect(await failureOf(invoke(fn.qualifiedArn, {}))).toMatchObject({
      errorType: 'Error',
      errorMessage: 'Unable to stringify response body',
    });
    expect(await invoke(fn.qualifiedArn, { ok: true })).toBe(before);
  });

  test('an answer of up to 6 MB and 100 bytes passes, one byte more does not', async () => {
    const limit = 6 * 1024 * 1024 + 100;
    const fn = functionOf(folder, 'exports.handler = async (length) => "x".repeat(length - 2);');
    const { invoke } = start([fn]);
    expect(await invoke(fn.qualifiedArn, limit)).toHaveLength(limit - 2);
    expect(await failureOf(invoke(fn.qualifiedArn, limit + 1))).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size (${limit + 1} bytes) exceeded maximum allowed payload size (${limit} bytes).`,
    });
  });

  test('a busy loop is killed at the timeout, and the next invocation has a new process', async () => {
    const fn = functionOf(folder, 'exports.handler = async (e) => { while (e.hang); return process.pid; };', {
      timeoutSeconds: 1,
    });
    // The factor for waits doesn't shorten the timeout of running code.
    const { invoke } = start([fn], { maxConcurrency: 1, waitScale: 0 });
    const first = await invoke(fn.qualifiedArn, {});
    const failure = await failureOf(invoke(fn.qualifiedArn, { hang: true }));
    expect(failure.errorType).toBe('Sandbox.Timedout');
    expect(failure.errorMessage).toMatch(
      /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/,
    );
    expect(failure).not.toHaveProperty('trace');
    expect(isRunning(first as number)).toBe(false);
    expect(await invoke(fn.qualifiedArn, {})).not.toBe(first);
  });

  test('loading does not count toward the timeout', async () => {
    const code = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
      exports.handler = async () => 'loaded';`;
    expect(await run(code, { timeoutSeconds: 1 })).toBe('loaded');
  });

  test.each([
    ['process.exit(3)', /Error: Runtime exited with error: exit status 3$/],
    ['process.exit(0)', /Error: Runtime exited without providing a reason$/],
    [
      "process.kill(process.pid, 'SIGKILL'); await new Promise(() => setTimeout(() => {}, 1e6))",
      /signal: killed$/,
    ],
  ])('%s is Runtime.ExitError', async (code, message) => {
    const failure = await failureOf(run(`exports.handler = async () => { ${code}; };`));
    expect(failure.errorType).toBe('Runtime.ExitError');
    expect(failure.errorMessage).toMatch(message);
  });

  test('a full heap is Runtime.ExitError: the memory setting limits the heap', async () => {
    const failure = await failureOf(
      run('exports.handler = async () => { const a = []; for (;;) a.push(new Array(1e5).fill(0.5)); };', {
        memoryMb: 64,
      }),
    );
    expect(failure).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/aborted/),
    });
  });

  test.each([
    [
      'setTimeout(() => { throw new TypeError("late"); }); await new Promise((r) => setTimeout(r, 1e6))',
      'TypeError',
      'late',
    ],
    [
      'Promise.reject(new Error("forgotten")); await new Promise((r) => setTimeout(r, 1e6))',
      'Runtime.UnhandledPromiseRejection',
      'Error: forgotten',
    ],
    ['await new Promise(() => {})', 'Runtime.NodeJsExit', expect.stringMatching(/never settled/)],
  ])('%s is reported as %s', async (code, errorType, errorMessage) => {
    expect(await failureOf(run(`exports.handler = async () => { ${code}; };`))).toMatchObject({
      errorType,
      errorMessage,
    });
  });

  test('only the published version can be invoked', async () => {
    const fn = functionOf(folder, 'exports.handler = async () => 1;');
    const { invoke } = start([fn]);
    for (const arn of [fn.arn, `${fn.arn}:8`, 'arn:aws:lambda:eu-west-1:123456789012:function:absent:1']) {
      await expect(invoke(arn, {})).rejects.toMatchObject({
        name: 'Lambda.ResourceNotFoundException',
        message: expect.stringContaining(arn),
      });
    }
  });
});

describe('processes', () => {
  const counting =
    'let n = 0; exports.handler = async (ms) => { await new Promise((r) => setTimeout(r, ms ?? 0)); return { pid: process.pid, n: ++n }; };';

  test('a warm process is reused and keeps its state', async () => {
    const fn = functionOf(folder, counting);
    const engine = start([fn]);
    await engine.warm();
    const first = (await engine.invoke(fn.qualifiedArn, 0)) as { pid: number };
    expect(await engine.invoke(fn.qualifiedArn, 0)).toEqual({ pid: first.pid, n: 2 });
  });

  test('invocations beyond the limit wait, and none is lost', async () => {
    const fn = functionOf(folder, counting);
    const { invoke } = start([fn], { maxConcurrency: 2 });
    const answers = (await Promise.all(Array.from({ length: 12 }, () => invoke(fn.qualifiedArn, 5)))) as {
      pid: number;
      n: number;
    }[];
    const processes = new Set(answers.map(({ pid }) => pid));
    expect(processes.size).toBeLessThanOrEqual(2);
    expect(answers).toHaveLength(12);
  });

  test('at most the reserved concurrency runs at once; more invocations are throttled', async () => {
    // Each waits for the other, so with one at a time the test would never end.
    const together = path.join(folder, 'running-');
    const fn = functionOf(
      folder,
      `const { existsSync, writeFileSync } = require('node:fs');
      exports.handler = async (wait) => {
        for (const n of [0, 1]) if (!existsSync(${JSON.stringify(together)} + n)) { writeFileSync(${JSON.stringify(together)} + n, ''); break; }
        while (wait && !existsSync(${JSON.stringify(together)} + 1)) await new Promise((r) => setTimeout(r, 5));
        return process.pid;
      };`,
      { reservedConcurrency: 2 },
    );
    const { invoke } = start([fn], { maxConcurrency: 1 });
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => invoke(fn.qualifiedArn, true)));
    const ran = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(new Set(ran.map(({ value }) => value)).size).toBe(2);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(3);
    for (const { reason } of refused) {
      expect(reason).toMatchObject({
        name: 'Lambda.TooManyRequestsException',
        message: expect.stringMatching(/^Rate Exceeded\. \(Service: Lambda, Status Code: 429/),
      });
    }
    await expect(invoke(fn.qualifiedArn, false)).resolves.toEqual(expect.any(Number));
  });

  test('a function ends with its engine, even one that is killed', async () => {
    const fn = functionOf(
      folder,
      'exports.handler = async () => { process.stdout.write(`${process.pid}\\n`); await new Promise((r) => setTimeout(r, 1e6)); };',
    );
    const code = `require('./local-aws/lambda').createLambda({ functions: [${JSON.stringify(fn)}], dataDir: ${JSON.stringify(folder)},
      endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', credentials: () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), modulePaths: [] })
      .invoke(${JSON.stringify(fn.qualifiedArn)}, {});`;
    const engine = spawn(process.execPath, ['--import', 'tsx', '--eval', code], { stdio: 'inherit' });
    const log = path.join(folder, 'logs', `${fn.name}.log`);
    await until(() => existsSync(log) && readFileSync(log, 'utf8') !== '');
    const pid = Number(readFileSync(log, 'utf8'));
    expect(isRunning(pid)).toBe(true);
    engine.kill('SIGKILL');
    await until(() => !isRunning(pid));
  });

  test('closing ends every process and fails what runs or waits', async () => {
    const fn = functionOf(folder, counting);
    const engine = start([fn], { maxConcurrency: 1 });
    const { pid } = (await engine.invoke(fn.qualifiedArn, 0)) as { pid: number };
    const running = failureOf(engine.invoke(fn.qualifiedArn, 60_000));
    const waiting = expect(engine.invoke(fn.qualifiedArn, 0)).rejects.toThrow('shutting down');
    await engine.close();
    lambda = undefined;
    expect(await running).toMatchObject({ errorType: 'Runtime.ExitError' });
    await waiting;
    expect(isRunning(pid)).toBe(false);
  });
});

describe('packages', () => {
  test('one package is unpacked once, to a folder named by its content hash, and changed content goes to another folder', async () => {
    const fn = functionOf(folder, 'exports.handler = async () => 1;', { name: 'store' });
    const changed = functionOf(folder, 'exports.handler = async () => 2;', { name: 'store' });
    const engines = [fn, fn, changed].map((one) => {
      const engine = createLambda({
        functions: [one],
        dataDir: folder,
        endpoint: 'http://127.0.0.1:1',
        region: 'eu-west-1',
        credentials: (arn) => ({ arn, accessKeyId: 'a', secretAccessKey: 'b' }),
        modulePaths: [],
      });
      return engine.invoke(one.qualifiedArn, {}).finally(() => engine.close());
    });
    expect(await Promise.all(engines)).toEqual([1, 1, 2]);
    expect(readdirSync(path.join(folder, 'functions'))).toHaveLength(2);
  });

  test('a path that leads outside the package is refused', async () => {
    const fn = functionOf(folder, { '../escaped.js': '' });
    await expect(start([fn]).invoke(fn.qualifiedArn, {})).rejects.toThrow(
      "received the path '../escaped.js'",
    );
    expect(readdirSync(path.join(folder, 'functions'))).toEqual([]);
  });
});

describe('logs', () => {
  test('console output is Lambda JSON, one object per line, with the request it belongs to', async () => {
    await run(
      `console.log('loading');
      exports.handler = async () => {
        console.info({ image: 'a.jpg' });
        console.warn('%d of %s', 1, 'two\\nlines');
        console.error('failed', new TypeError('why'));
        process.stdout.write('{"raw":true}\\n');
      };`,
      { name: 'notify' },
    );
    await lambda?.close();
    lambda = undefined;
    const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const timestamp = expect.stringMatching(/Z$/);
    const lines = logOf('notify');
    expect(lines.filter(({ type }) => !type)).toEqual([
      { timestamp, level: 'INFO', message: 'loading' },
      { timestamp, level: 'INFO', requestId, message: { image: 'a.jpg' } },
      { timestamp, level: 'WARN', requestId, message: '1 of two\nlines' },
      {
        timestamp,
        level: 'ERROR',
        requestId,
        message: expect.stringMatching(/^failed TypeError: why/),
        errorType: 'TypeError',
        errorMessage: 'why',
        stackTrace: expect.arrayContaining(['TypeError: why']),
      },
      { raw: true },
    ]);
    expect(lines.find(({ type }) => type === 'platform.report')).toMatchObject({
      record: { requestId, status: 'success', metrics: { durationMs: expect.any(Number) } },
    });
  });

  test('Lambda reports how long the start of a process took, with the invocation for which it was started', async () => {
    const fn = functionOf(folder, 'exports.handler = async () => 1;', { name: 'warm' });
    const { invoke, close } = start([fn], { maxConcurrency: 1 });
    await invoke(fn.qualifiedArn, {});
    await invoke(fn.qualifiedArn, {});
    await close();
    lambda = undefined;
    expect(logOf('warm').map(({ record }) => (record as { metrics: object }).metrics)).toEqual([
      { durationMs: expect.any(Number), initDurationMs: expect.any(Number) },
      { durationMs: expect.any(Number) },
    ]);
  });

  test('the log of a killed invocation says why it ended', async () => {
    await failureOf(run('exports.handler = async () => { for (;;); };', { name: 'slow', timeoutSeconds: 1 }));
    await lambda?.close();
    lambda = undefined;
    expect(logOf('slow')).toContainEqual(
      expect.objectContaining({ record: expect.objectContaining({ status: 'Sandbox.Timedout' }) }),
    );
  });
});

describe('faults', () => {
  /** Counts the invocations that reached the function, in a file. */
  const work = (file: string) =>
    `exports.handler = async () => { require('node:fs').appendFileSync(${JSON.stringify(file)}, 'x'); return { pid: process.pid }; };`;
  const timesRun = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').length : 0);

  test.each([
    ['throttle', 'Lambda.TooManyRequestsException'],
    ['error', 'Lambda.ServiceException'],
    ['hang', 'Sandbox.Timedout'],
    ['crash', 'Runtime.ExitError'],
  ] as const)('%s is %s, and the function has not run', async (fault, name) => {
    const file = path.join(folder, 'runs');
    // A hang lasts for the timeout times the factor, which would be longer than the test.
    const fn = functionOf(folder, work(file), { timeoutSeconds: 900 });
    const faults: InvocationFault[] = [fault];
    const { invoke } = start([fn], { fault: () => faults.pop(), waitScale: 0.0001 });
    await expect(invoke(fn.qualifiedArn, {})).rejects.toMatchObject({ name });
    expect(timesRun(file)).toBe(0);
    await invoke(fn.qualifiedArn, {});
    expect(timesRun(file)).toBe(1);
  });

  test('malformed gives half an answer as text, after the function has run', async () => {
    const file = path.join(folder, 'runs');
    const fn = functionOf(folder, work(file));
    const { invoke } = start([fn], { fault: () => 'malformed' });
    expect(await invoke(fn.qualifiedArn, {})).toMatch(/^\{"pid/);
    expect(timesRun(file)).toBe(1);
  });

  test('a process can be killed by its credentials, and no other is', async () => {
    const fn = functionOf(
      folder,
      `exports.handler = async (wait) => { if (wait) await new Promise((r) => setTimeout(r, 1e6)); return process.pid; };`,
    );
    let count = 0;
    const engine = start([fn], {
      maxConcurrency: 2,
      credentials: (arn) => ({ arn, accessKeyId: `key-${++count}`, secretAccessKey: 'secret' }),
    });
    const first = failureOf(engine.invoke(fn.qualifiedArn, true));
    await until(() => count === 1);
    const second = engine.invoke(fn.qualifiedArn, false);
    await second;
    engine.crash('key-1');
    expect(await first).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await engine.invoke(fn.qualifiedArn, false)).toBe(await second);
  });
});

test('a host name with a prefix, which the SDK uses for StartSyncExecution, reaches the endpoint', async () => {
  const server = createServer((request, response) => response.end(request.headers.host));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = `sync-127.0.0.1:${port}`;
  const fn = functionOf(
    folder,
    `exports.handler = () => new Promise((resolve, reject) => {
      require('node:http').get({ host: 'sync-127.0.0.1', port: ${port} }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      }).on('error', reject);
    });`,
  );
  expect(await start([fn], { endpoint: `http://127.0.0.1:${port}` }).invoke(fn.qualifiedArn, {})).toBe(host);
  server.close();
});

describe('replacing the code of a function', () => {
  const answering = (text: string) => `exports.handler = async () => '${text}';`;

  test('the next invocation runs the new code, although a process with the old one is warm', async () => {
    const fn = functionOf(folder, answering('old'));
    const { invoke, replace } = start([fn]);
    expect(await invoke(fn.qualifiedArn, {})).toBe('old');
    const zip = zipOf(folder, { 'index.js': answering('new') });
    await replace(fn.arn, zip);
    rmSync(zip);
    expect(await invoke(fn.qualifiedArn, {})).toBe('new');
    expect(await invoke(fn.qualifiedArn, {})).toBe('new');
  });

  test('a running invocation finishes with the old code, and its process gets no other', async () => {
    const waiting = path.join(folder, 'waiting');
    const goOn = path.join(folder, 'go-on');
    const code = `
      const { existsSync, writeFileSync } = require('node:fs');
      exports.handler = async () => {
        writeFileSync(${JSON.stringify(waiting)}, '');
        while (!existsSync(${JSON.stringify(goOn)})) await new Promise((resolve) => setTimeout(resolve, 5));
        return 'old';
      };`;
    const fn = functionOf(folder, code);
    const { invoke, replace } = start([fn], { maxConcurrency: 1 });
    const first = invoke(fn.qualifiedArn, {});
    while (!existsSync(waiting)) await delay(5);
    await replace(fn.qualifiedArn, zipOf(folder, { 'index.js': answering('new') }));
    const second = invoke(fn.qualifiedArn, {});
    writeFileSync(goOn, '');
    expect(await first).toBe('old');
    expect(await second).toBe('new');
  });

  test('a package that cannot be unpacked leaves the old code in place', async () => {
    const fn = functionOf(folder, answering('old'));
    const { invoke, replace } = start([fn]);
    const broken = path.join(folder, 'broken.zip');
    writeFileSync(broken, 'not a zip');
    await expect(replace(fn.arn, broken)).rejects.toThrow('invalid zip data');
    expect(await invoke(fn.qualifiedArn, {})).toBe('old');
  });

  test('a function that is not in the stack is named', async () => {
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:other';
    await expect(start([]).replace(arn, 'any.zip')).rejects.toThrow(
      `Expected a function of the stack but received ${arn}`,
    );
  });
});
