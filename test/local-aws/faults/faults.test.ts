import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { createFaults, type FaultInput, type Faults, parseFaults } from '../../../local-aws/faults';
import { AwsError, type Call } from '../../../local-aws/service';
import type { LambdaFunction, Role } from '../../../local-aws/stack/model';

const roleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const fn = (name: string) =>
  ({ name: `stack-${name}`, role: roleArn(`stack-${name}-eu-west-1`) }) as LambdaFunction;
const role = (name: string) =>
  ({ name: `stack-${name}-eu-west-1`, arn: roleArn(`stack-${name}-eu-west-1`) }) as Role;

const stack = {
  region: 'eu-west-1',
  functions: ['thumbnail', 'thumbnails-of-thumbnails'].map(fn),
  roles: ['thumbnail', 'thumbnails-of-thumbnails', 'state-machine'].map(role),
};

let crashed: string[];
let logged: string[];

beforeEach(() => {
  crashed = [];
  logged = [];
});

function create(...faults: FaultInput[]): Faults {
  const result = createFaults({
    stack,
    crash: (accessKeyId) => crashed.push(accessKeyId),
    log: (line) => logged.push(line),
  });
  result.inject(parseFaults(faults, 'faults'));
  return result;
}

const callOf = (action: string, by = 'thumbnail'): Call => ({
  principal: { arn: roleArn(`stack-${by}-eu-west-1`), accessKeyId: 'key', secretAccessKey: '' },
  action,
  resource: 'arn:aws:s3:::bucket/key',
});
const get1 = callOf('s3:GetObject');

describe('a call', () => {
  test('fails the stated number of times, and then no more', async () => {
    const { gate } = create({ call: 's3:GetObject', fault: 'error', times: 2 });
    await expect(gate(get1)).rejects.toMatchObject({ code: 'InternalError', status: 500 });
    await expect(gate(get1)).rejects.toThrow(AwsError);
    await expect(gate(get1)).resolves.toBeUndefined();
    expect(logged).toEqual(Array(2).fill('s3:GetObject by stack-thumbnail-eu-west-1: error before the call'));
  });

  test.each([
    ['thumbnail', 'thumbnail', true],
    ['stack-thumbnail', 'thumbnail', true],
    ['thumbnail', 'thumbnails-of-thumbnails', false],
    ['thumbnail', 'state-machine', false],
    ['state-machine', 'state-machine', true],
    ['stack-state-machine-eu-west-1', 'state-machine', true],
    [undefined, 'state-machine', true],
  ])('a fault for calls by %s applies to a call by %s: %s', async (by, caller, strikes) => {
    const { gate } = create({ call: 's3:GetObject', by, fault: 'error' });
    const asked = gate(callOf('s3:GetObject', caller)).then(
      () => false,
      () => true,
    );
    expect(await asked).toBe(strikes);
    await expect(gate(callOf('s3:PutObject', caller))).resolves.toBeUndefined();
  });

  test('a name that is not in the stack is refused, with those that are', () => {
    expect(() => create({ call: 's3:GetObject', by: 'thumb', fault: 'error' })).toThrow(
      'Expected the name of a function or role (stack-thumbnail, stack-thumbnails-of-thumbnails, stack-state-machine) in a fault but received "thumb"',
    );
    expect(() => create({ function: 'state-machine', fault: 'error' })).toThrow(
      'Expected the name of a function (stack-thumbnail, stack-thumbnails-of-thumbnails) in a fault',
    );
  });

  // Codes and statuses from the error lists in each service's API reference.
  test.each([
    ['s3:GetObject', 'throttle', 'SlowDown', 503],
    ['s3:GetObject', 'error', 'InternalError', 500],
    ['dynamodb:UpdateItem', 'throttle', 'ThrottlingException', 400],
    ['dynamodb:UpdateItem', 'error', 'InternalServerError', 500],
    ['sns:Publish', 'throttle', 'Throttled', 429],
    ['sqs:SendMessage', 'throttle', 'RequestThrottled', 400],
    ['lambda:InvokeFunction', 'throttle', 'TooManyRequestsException', 429],
    ['states:StartSyncExecution', 'throttle', 'ThrottlingException', 400],
    ['states:StartSyncExecution', 'deny', 'AccessDenied', 403],
  ] as const)('%s answers %s as %s, %s', async (call, fault, code, status) => {
    await expect(create({ call, fault }).gate(callOf(call))).rejects.toMatchObject({ code, status });
  });

  test('with a probability it fails about that often, and at the same calls for the same seed', async () => {
    const strikesOf = async () => {
      const { gate } = create({ call: 's3:GetObject', fault: 'error', probability: 0.3 });
      const strikes: number[] = [];
      for (let n = 0; n < 1_000; n++) await gate(get1).catch(() => strikes.push(n));
      return strikes;
    };
    const strikes = await strikesOf();
    expect(strikes.length).toBeGreaterThan(250);
    expect(strikes.length).toBeLessThan(350);
    expect(await strikesOf()).toEqual(strikes);
  });

  test('a fault after the call lets it take effect but loses its answer', async () => {
    const { call, gate } = create({ call: 's3:GetObject', fault: 'throttle', when: 'after', times: 1 });
    let effects = 0;
    const perform = () =>
      call(async () => {
        await gate(get1);
        return ++effects;
      });
    await expect(perform()).rejects.toMatchObject({ code: 'SlowDown' });
    expect(effects).toBe(1);
    expect(await perform()).toBe(2);
  });

  test('a fault applies to the innermost call: a call that makes others has its own answer', async () => {
    const { call, gate } = create({ call: 's3:GetObject', fault: 'error', when: 'after' });
    const outer = call(async () => {
      await gate(callOf('states:StartExecution'));
      return call(() => gate(get1)).catch(() => 'the inner one failed');
    });
    expect(await outer).toBe('the inner one failed');
  });

  test('a hanging call is released when the engine closes', async () => {
    const { gate, close } = create({ call: 's3:GetObject', fault: 'hang' });
    const hanging = gate(get1);
    close();
    await expect(hanging).rejects.toMatchObject({ code: 'RequestTimeout' });
  });

  test('of each fault it is known whether it can still happen', async () => {
    const faults = create();
    const injected: FaultInput[] = [
      { call: 's3:GetObject', fault: 'error', times: 1 },
      { call: 's3:GetObject', fault: 'throttle' },
      { function: 'thumbnail', fault: 'crash', times: 1 },
    ];
    const canHappen = faults.inject(parseFaults(injected, 'faults'));
    expect(canHappen()).toEqual([true, true, true]);
    for (const code of ['InternalError', 'SlowDown', 'SlowDown'])
      await expect(faults.gate(get1)).rejects.toMatchObject({ code });
    expect(canHappen()).toEqual([false, true, true]);
    faults.invocation({ name: 'stack-thumbnail' });
    expect(canHappen()).toEqual([false, true, false]);
  });

  test('new faults replace the previous ones', async () => {
    const faults = create({ call: 's3:GetObject', fault: 'error' });
    faults.inject([]);
    await expect(faults.gate(get1)).resolves.toBeUndefined();
  });
});

describe('a request', () => {
  let server: Server;
  let effects: number;
  /** Ends the request without an answer. */
  let giveUp: () => void;

  /** Serves requests that ask the gate, take effect, and get an answer. */
  async function ask(faults: Faults): Promise<IncomingMessage> {
    effects = 0;
    server = createServer((_, response) => {
      const perform = async () => {
        await faults.gate(get1);
        effects++;
        response.writeHead(200, { etag: 'a' });
        response.write('the ');
        response.end('answer');
      };
      const refuse = (error: unknown) => {
        response.writeHead((error as AwsError).status).end((error as AwsError).code);
      };
      faults.serve(response, perform, refuse).catch(refuse);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const request = get({ port }, resolve).on('error', reject);
      giveUp = () => request.destroy(new Error('no answer'));
    });
  }

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test('without a fault is answered', async () => {
    const response = await ask(create());
    expect(response.statusCode).toBe(200);
    expect(await text(response)).toBe('the answer');
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)(
    'that fails %s taking effect has %d effects, and its answer is only the error',
    async (when, expected) => {
      const response = await ask(create({ call: 's3:GetObject', fault: 'error', when }));
      expect(response).toMatchObject({ statusCode: 500 });
      expect(response.headers).not.toHaveProperty('etag');
      expect(await text(response)).toBe('InternalError');
      expect(effects).toBe(expected);
    },
  );

  test.each([
    ['hang', 'before', 0, []],
    ['hang', 'after', 1, []],
    ['crash', 'before', 0, ['key']],
    ['crash', 'after', 1, ['key']],
  ] as const)('%s %s gets no answer, after %d effects', async (fault, when, expected, killed) => {
    const faults = create({ call: 's3:GetObject', by: 'thumbnail', fault, when });
    const answer = ask(faults).then(
      () => 'an answer',
      (error: Error) => error.message,
    );
    while (logged.length === 0 || effects < expected) await delay(5);
    await delay(50);
    giveUp();
    expect(await answer).toBe('no answer');
    expect(effects).toBe(expected);
    expect(crashed).toEqual(killed);
  });
});

test("an invocation fails by its function's name, the stated number of times", () => {
  const { invocation } = create({ function: 'thumbnail', fault: 'malformed', times: 1 });
  expect(invocation({ name: 'stack-thumbnails-of-thumbnails' })).toBeUndefined();
  expect(invocation({ name: 'stack-thumbnail' })).toBe('malformed');
  expect(invocation({ name: 'stack-thumbnail' })).toBeUndefined();
  expect(logged).toEqual(['stack-thumbnail: malformed']);
});
