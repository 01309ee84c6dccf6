import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { Sequencer } from '../../../local-aws/s3/store/sequencer';
import { type Endpoint, refusal, startEndpoint } from './harness';

let endpoint: Endpoint;
afterEach(() => endpoint.stop());

const put = (Bucket = 'versioned', Key = 'a b+ü') =>
  endpoint.client.send(new PutObjectCommand({ Bucket, Key, Body: 'body' }));
const head = () => endpoint.client.send(new HeadObjectCommand({ Bucket: 'versioned', Key: 'a b+ü' }));
const remove = (Bucket = 'versioned') =>
  endpoint.client.send(new DeleteObjectCommand({ Bucket, Key: 'a b+ü' }));

test('an upload sends the event EventBridge would deliver', async () => {
  endpoint = await startEndpoint();
  const { VersionId } = await put();
  expect(endpoint.events).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'eu-west-1',
      resources: ['arn:aws:s3:::versioned'],
      detail: {
        version: '0',
        bucket: { name: 'versioned' },
        object: {
          key: 'a b+ü',
          size: 4,
          etag: '841a2d689ad86bd1611447453c22c6fc',
          'version-id': VersionId,
          sequencer: expect.stringMatching(/^00[0-9A-F]{16}$/),
        },
        'request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
        requester: '000000000000',
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    },
  ]);
});

test('a bucket that does not notify EventBridge sends none', async () => {
  endpoint = await startEndpoint();
  await put('silent');
  expect(endpoint.events).toEqual([]);
});

test('an upload is acknowledged only after its event is queued', async () => {
  let isDurable = () => {};
  let isAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const announce = () => {
    isAsked();
    return new Promise<undefined>((resolve) => {
      isDurable = () => resolve(undefined);
    });
  };
  endpoint = await startEndpoint({ announce });
  let acknowledged = false;
  const uploading = put().then(() => {
    acknowledged = true;
  });
  await asked;
  // Another request is answered in the meantime. A crash now would leave no object that nobody hears of.
  expect(await refusal(head())).toMatchObject({ status: 404 });
  expect(acknowledged).toBe(false);
  isDurable();
  await uploading;
  await head();
});

test('an upload whose event cannot be queued is not acknowledged', async () => {
  jest.spyOn(console, 'error').mockImplementation();
  endpoint = await startEndpoint({ announce: () => Promise.reject(new Error('disk full')) });
  expect(await refusal(put())).toMatchObject({ name: 'InternalError', status: 500 });
  expect(await refusal(head())).toMatchObject({ status: 404 });
});

test('sequencers increase from event to event and across restarts, even if the clock goes back and the last object is gone', async () => {
  endpoint = await startEndpoint();
  const found: string[] = [];
  const started = Date.now();
  const clock = jest.spyOn(Date, 'now');
  for (let round = 0; round < 4; round++) {
    clock.mockReturnValue(started - round * 60_000);
    // In some rounds the last sequencer is stored with an object, in others only with a deletion.
    if (round < 2) await put('plain');
    await put('versioned');
    await remove('versioned');
    if (round < 2) await remove('plain');
    found.push(...endpoint.events.map(({ detail }) => detail.object.sequencer));
    endpoint = await endpoint.restart();
  }
  clock.mockRestore();
  expect(found).toHaveLength(12);
  expect(found).toEqual([...new Set(found)].sort());
});

describe('the sequencer', () => {
  const create = () => new Sequencer('a folder that has no sequencer yet');
  beforeEach(async () => {
    endpoint = await startEndpoint();
  });

  test('is Unix seconds and the fraction of the second', () => {
    expect(create().next(0x617f0837 * 1000 + 500)).toBe('00617F083780000000');
  });

  test('increases strictly, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 41)), (times) => {
        const sequencer = create();
        const found = times.map((time) => sequencer.next(time));
        expect(found).toEqual([...new Set(found)].sort());
      }),
      { numRuns: 30 },
    );
  });

  test('remembers its sequencers after a restart, even if the clock has gone back', async () => {
    await new Sequencer(endpoint.dataDir).remember('00FFFFFFFF00000000');
    expect(new Sequencer(endpoint.dataDir).next(0)).toBe('00FFFFFFFF00000001');
  });

  test('starts after what it has seen', () => {
    const sequencer = create();
    sequencer.observe('00FFFFFFFF00000000');
    expect(sequencer.next(0)).toBe('00FFFFFFFF00000001');
  });
});
