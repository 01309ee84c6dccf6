import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createPutEvents, type Entry } from '../../../local-aws/events/put-events';
import { AwsError, type Call } from '../../../local-aws/service';

const user = { arn: 'arn:aws:iam::123456789012:user/local', accessKeyId: 'a', secretAccessKey: 's' };
const BUS = 'arn:aws:events:eu-west-1:123456789012:event-bus/default';
const entry: Entry = { Source: 'shop', DetailType: 'Sold', Detail: '{"item":"hat"}' };

function service(overrides: Partial<Parameters<typeof createPutEvents>[0]> = {}) {
  const calls: Call[] = [];
  const accepted: Record<string, unknown>[] = [];
  const events = createPutEvents({
    account: '123456789012',
    region: 'eu-west-1',
    gate: async (call) => void calls.push(call),
    put: async (event) => void accepted.push(event as Record<string, unknown>),
    ...overrides,
  });
  return { ...events, calls, accepted };
}

test('an entry becomes an event as rules and targets see it', async () => {
  const { putEvents, accepted } = service();
  const answer = await putEvents({ Entries: [{ ...entry, Time: 1_795_000_000.5, Resources: ['a'] }] }, user);
  expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: accepted[0]!['id'] }] });
  expect(accepted).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Sold',
      source: 'shop',
      account: '123456789012',
      time: '2026-11-18T11:06:40Z',
      region: 'eu-west-1',
      resources: ['a'],
      detail: { item: 'hat' },
    },
  ]);
});

test('each entry is a call on its bus, with its source and its type as conditions', async () => {
  const { putEvents, calls } = service();
  await putEvents(
    {
      Entries: [
        { ...entry, EventBusName: 'default' },
        { ...entry, EventBusName: BUS },
      ],
    },
    user,
  );
  const call = {
    principal: user,
    action: 'events:PutEvents',
    resource: BUS,
    context: { 'events:source': 'shop', 'events:detail-type': 'Sold' },
  };
  expect(calls).toEqual([call, call]);
});

test('no entry is accepted if one of them is denied', async () => {
  const { putEvents, accepted } = service({
    gate: async ({ context }) => {
      if (context?.['events:source'] !== 'shop') throw new AwsError('AccessDenied', 'no', 403);
    },
  });
  await expect(putEvents({ Entries: [entry, { ...entry, Source: 'bank' }] }, user)).rejects.toThrow('no');
  expect(accepted).toEqual([]);
});

test.each<[string, Entry, string]>([
  ['without a source', { ...entry, Source: '' }, 'InvalidArgument'],
  ['without a type', { ...entry, DetailType: undefined }, 'InvalidArgument'],
  ['without a detail', { ...entry, Detail: undefined }, 'InvalidArgument'],
  ['whose detail is no JSON', { ...entry, Detail: '{' }, 'MalformedDetail'],
  ['whose detail is no object', { ...entry, Detail: '[]' }, 'MalformedDetail'],
  ['with a source of AWS', { ...entry, Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
  ['for a bus that does not exist', { ...entry, EventBusName: 'other' }, 'InvalidArgument'],
])('an entry %s is refused, and the others are accepted', async (_, wrong, ErrorCode) => {
  const { putEvents, accepted } = service();
  expect(await putEvents({ Entries: [wrong, entry] }, user)).toEqual({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode, ErrorMessage: expect.any(String) }, { EventId: expect.any(String) }],
  });
  expect(accepted).toHaveLength(1);
});

test('an entry that the bus cannot take is a failed entry', async () => {
  const { putEvents } = service({ put: () => Promise.reject(new Error('the disk is full')) });
  expect(await putEvents({ Entries: [entry] }, user)).toEqual({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'the disk is full' }],
  });
});

describe('a request', () => {
  const many = (n: number) => Array.from({ length: n }, () => entry);
  /** With everything that counts, exactly this many bytes. */
  const sized = (bytes: number) => {
    const rest = 'shop'.length + 'Sold'.length + '{"a":""}'.length;
    return [{ ...entry, Detail: `{"a":"${'x'.repeat(bytes - rest)}"}` }];
  };

  test.each([[many(10)], [sized(256 * 1024)]])(
    'of 10 entries or 256 KB is accepted (%#)',
    async (Entries) => {
      expect(await service().putEvents({ Entries }, user)).toMatchObject({ FailedEntryCount: 0 });
    },
  );

  test.each([[[]], [many(11)], [sized(256 * 1024 + 1)]])(
    'without entries, or with more than that, is refused whole (%#)',
    async (Entries) => {
      const { putEvents, accepted } = service();
      await expect(putEvents({ Entries }, user)).rejects.toMatchObject({ code: 'ValidationException' });
      expect(accepted).toEqual([]);
    },
  );
});

describe('over HTTP', () => {
  async function request(target: string, body: object | string, events = service()) {
    const server = createServer(async (incoming, response) => {
      await events.handle(incoming, response, user, await buffer(incoming));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      method: 'POST',
      headers: { 'x-amz-target': target },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    server.close();
    return { status: answer.status, body: await answer.json() };
  }

  test('the answer is JSON', async () => {
    expect(await request('AWSEvents.PutEvents', { Entries: [entry] })).toEqual({
      status: 200,
      body: { FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] },
    });
  });

  test('a body that is not JSON is refused, and is no fault of the engine', async () => {
    expect(await request('AWSEvents.PutEvents', '{"Entries":')).toEqual({
      status: 400,
      body: { __type: 'SerializationException', message: 'Expected a body in JSON.' },
    });
  });

  test.each([
    ['AWSEvents.PutRule', service(), 'UnknownOperationException'],
    [
      'AWSEvents.PutEvents',
      service({ gate: () => Promise.reject(new AwsError('AccessDenied', 'no', 403)) }),
      'AccessDeniedException',
    ],
  ])('%s may be refused as %s', async (target, events, __type) => {
    expect(await request(target, { Entries: [entry] }, events)).toMatchObject({
      status: 400,
      body: { __type },
    });
  });
});
