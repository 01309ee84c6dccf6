import type { StoredRecord } from '../../../cli/lib/records';
import { type ReplayPorts, replay } from '../../../cli/replay/replay';

const RECORD: StoredRecord = {
  bucket: 'uploads',
  key: 'a.jpg',
  version: 'v1',
  etag: 'e1',
  sequencer: '0'.repeat(32),
  status: 'FAILED',
  execution: 'arn:aws:states:us-east-1:111122223333:express:w:name:0a1b',
  updatedAt: '2026-11-21T00:00:00.000Z',
};

/** A world with one record, in which every execution succeeds. */
function world(
  record: Partial<StoredRecord>,
  current: Partial<{ version: string | null; etag: string }> = {},
) {
  const ran: string[] = [];
  const ports: ReplayPorts = {
    origin: { account: '111122223333', region: 'us-east-1' },
    find: async () => ({ ...RECORD, ...record }),
    current: async () => ({ version: 'v1', etag: 'e1', size: 7, ...current }),
    run: async (event) => {
      ran.push(event['detail-type']);
      return { kind: 'done' };
    },
  };
  return { ports, ran };
}

test.each(['PROCESSING', 'DONE', 'DELETED'] as const)(
  'an image that is %s when its turn comes is left alone, if only failures are replayed',
  async (status) => {
    const { ports, ran } = world({ status });
    expect(await replay('a.jpg', true, ports)).toEqual({
      kind: 'skipped',
      reason: expect.stringContaining(status),
    });
    expect(ran).toEqual([]);
  },
);

test('an image that is still FAILED when its turn comes is replayed', async () => {
  const { ports, ran } = world({});
  expect(await replay('a.jpg', true, ports)).toEqual({ kind: 'done' });
  expect(ran).toEqual(['Object Created']);
});

const lastError = { name: 'AccessDenied', message: 'no', execution: 'arn', time: '2026-11-21T00:00:00.000Z' };

test('an image that is DONE, but whose last rerun failed, is replayed with the failures', async () => {
  const { ports, ran } = world({ status: 'DONE', lastError });
  expect(await replay('a.jpg', true, ports)).toEqual({ kind: 'done' });
  expect(ran).toEqual(['Object Created']);
});

test('a rerun that fails is a failure with the reason that the execution gives, when the record is DONE', async () => {
  const { ports } = world({ status: 'DONE' });
  ports.run = async () => ({ kind: 'failed', reason: 'ImageTooLarge: 400 × 300' });
  expect(await replay('a.jpg', false, ports)).toEqual({ kind: 'failed', reason: 'ImageTooLarge: 400 × 300' });
});

test.each(['PROCESSING', 'DONE', 'FAILED', 'DELETED'] as const)(
  'an image that is asked for itself is replayed, whether it is %s or not',
  async (status) => {
    const { ports, ran } = world({ status });
    expect(await replay('a.jpg', false, ports)).toEqual({ kind: 'done' });
    expect(ran).toEqual(['Object Created']);
  },
);

test('without versions, the content tells whether another object is there', async () => {
  const same = world({ version: null }, { version: null });
  expect(await replay('a.jpg', false, same.ports)).toEqual({ kind: 'done' });
  const other = world({ version: null }, { version: null, etag: 'e2' });
  expect(await replay('a.jpg', false, other.ports)).toMatchObject({ kind: 'superseded' });
  expect(other.ran).toEqual([]);
});

describe('the copy of an original that is gone', () => {
  const reason = async (key: string) => {
    const { ports } = world({ key, quarantine: { bucket: 'quarantine', key } });
    ports.current = async () => null;
    return ((await replay(key, false, ports)) as { reason: string }).reason;
  };

  test('is named with the command that restores it', async () => {
    expect(await reason('a.jpg')).toContain('aws s3 cp s3://quarantine/a.jpg s3://uploads/a.jpg');
  });

  test.each(["it's.jpg", 'a b.jpg', "a\\'; touch pwned; #.jpg", '写真.jpg'])(
    'is named without a command, which a shell might take for another one: %s',
    async (key) => {
      expect(await reason(key)).toContain('Its copy is in the bucket quarantine, under the same key');
      expect(await reason(key)).not.toContain('aws s3');
    },
  );
});
