/** No handler answers before AWS has answered all its calls: Lambda freezes the function then, and the rest may never happen. */
import { Readable } from 'node:stream';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { FunctionName } from '../../contract/environment';
import type { ImageRecord } from '../../contract/record';
import { recordId, sourceOf } from '../../contract/source';
import purged from '../fixtures/events/object-deleted-permanently.json';
import { picture } from '../fixtures/images';
import { type AwsAnswers, fakeAws, QUEUE, STATE_MACHINE, TOPIC } from './aws';
import { captureMetrics } from './emitted';
import { created, EXECUTION, imageOf, TABLE, THUMBNAILS, thumbnailOf } from './support';

captureMetrics('pics');

const invoke = fakeAws();
let jpeg: Buffer;
beforeAll(async () => {
  jpeg = await picture({ width: 40, height: 30 });
});

/** A call, and what has to be in its input. */
type Call = string | [name: string, input: object];

const source = sourceOf(created());
const image = imageOf(source, { width: 40, height: 30, bytes: 1_000 });
const items = [thumbnailOf(source)];
const made = { ...created(), image, thumbnails: { schema: 1, items } };
const record: ImageRecord = {
  id: recordId(source),
  ...source,
  status: 'DONE',
  image,
  preset: image.preset,
  thumbnails: [],
  execution: EXECUTION,
  startedAt: '2026-03-12T02:00:00.000Z',
  updatedAt: '2026-03-12T02:00:00.000Z',
};
const unreported: ImageRecord = {
  ...record,
  status: 'FAILED',
  error: { name: 'CorruptImage', message: 'The JPEG is damaged.' },
  execution: 'on request: b1c4',
};
/** A record that lists the thumbnail of an earlier version. */
const before = { Attributes: marshall({ ...record, thumbnailKeys: new Set(['old.jpg']) }) };

function missing(): never {
  throw Object.assign(new Error('Not Found'), { name: 'NotFound' });
}

const earlier = { ETag: '"e"', ContentLength: 1, Metadata: { sequencer: '0'.repeat(32) } };
const ofThumbnails: AwsAnswers = {
  // The uploads bucket has no object.
  HeadObject: ({ Bucket }) => (Bucket === THUMBNAILS ? earlier : missing()),
  DeleteObject: () => ({}),
};
const content = (bytes: Buffer) => ({
  Body: Readable.from([bytes]),
  ETag: `"${source.etag}"`,
  VersionId: source.version,
  ContentLength: bytes.length,
  ContentRange: `bytes 0-${bytes.length - 1}/${bytes.length}`,
});

const request = {
  rawPath: `/${source.key}/thumbnail.jpg`,
  headers: {},
  requestContext: { http: { method: 'GET' } },
};

test.each<[string, FunctionName, unknown, AwsAnswers, Call[]]>([
  [
    'Validate',
    'validate',
    created(),
    { GetObject: () => content(jpeg), UpdateItem: () => ({}) },
    ['GetObject', 'UpdateItem'],
  ],
  [
    'Thumbnail',
    'thumbnail',
    { ...created(), image },
    { HeadObject: missing, GetObject: () => content(jpeg), PutObject: () => ({}) },
    ['HeadObject', 'GetObject', 'PutObject'],
  ],
  [
    'StoreMetadata, which removes an old thumbnail,',
    'store-metadata',
    made,
    { ...ofThumbnails, UpdateItem: () => before },
    ['UpdateItem', 'HeadObject', 'DeleteObject'],
  ],
  [
    'Notify',
    'notify',
    { ...made, record: { schema: 1, id: record.id, status: 'DONE', notified: false } },
    { Publish: () => ({ MessageId: 'm' }), UpdateItem: () => ({}) },
    [
      ['Publish', { TopicArn: TOPIC, Subject: 'canyon.jpg: 1 thumbnail ready' }],
      ['UpdateItem', { TableName: TABLE }],
    ],
  ],
  [
    'Quarantine',
    'quarantine',
    { ...created(), error: { Error: 'CorruptImage', Cause: '{}' } },
    { ...ofThumbnails, UpdateItem: () => before, CopyObject: () => ({}) },
    ['UpdateItem', 'HeadObject', 'DeleteObject', 'CopyObject', 'UpdateItem'],
  ],
  [
    'Remove',
    'remove',
    purged,
    { ...ofThumbnails, UpdateItem: () => before },
    ['HeadObject', 'UpdateItem', 'HeadObject', 'DeleteObject'],
  ],
  [
    'Remove, if an earlier version came back,',
    'remove',
    purged,
    {
      HeadObject: () => ({ VersionId: 'earlier', ETag: '"earlier"', ContentLength: 1 }),
      GetItem: () => ({}),
      SendMessage: () => ({}),
    },
    [
      'HeadObject',
      'GetItem',
      ['SendMessage', { QueueUrl: QUEUE, MessageBody: expect.stringContaining('"earlier"') }],
    ],
  ],
  [
    'Render, if the image cannot be decoded,',
    'render',
    request,
    {
      GetItem: () => ({ Item: marshall(record) }),
      UpdateItem: () => ({}),
      GetObject: () => content(Buffer.from('text')),
      SendMessage: () => ({}),
    },
    [
      'GetItem',
      'UpdateItem',
      'GetObject',
      'UpdateItem',
      ['SendMessage', { QueueUrl: QUEUE, MessageBody: expect.stringContaining('"UnsupportedFormat"') }],
      'UpdateItem',
    ],
  ],
  [
    'Render, if the workflow has not received the report of a failure,',
    'render',
    request,
    {
      GetItem: () => ({ Item: marshall(unreported) }),
      UpdateItem: () => ({ Attributes: marshall(unreported) }),
      SendMessage: () => ({}),
    },
    ['GetItem', 'UpdateItem', 'SendMessage'],
  ],
  [
    'Render, if another version arrives in the meantime,',
    'render',
    request,
    {
      ...ofThumbnails,
      GetItem: (_, n) => ({ Item: marshall(n === 0 ? record : { ...record, status: 'PROCESSING' }) }),
      UpdateItem: (_, n) => {
        if (n === 0) return {};
        throw new ConditionalCheckFailedException({
          message: 'refused',
          $metadata: {},
          Item: marshall({ ...record, status: 'PROCESSING' }),
        });
      },
      GetObject: () => content(jpeg),
      PutObject: () => ({}),
    },
    [
      'GetItem',
      'UpdateItem',
      'GetObject',
      'PutObject',
      'UpdateItem',
      'HeadObject',
      'DeleteObject',
      'GetItem',
    ],
  ],
])('%s answers after each of its calls', async (_, name, state, answers, calls) => {
  const input = name === 'render' ? state : { execution: EXECUTION, state };
  const { made, inputs, open } = await invoke(name, input, answers);
  expect(open).toEqual([]);
  expect(made).toEqual(calls.map((call) => (typeof call === 'string' ? call : call[0])));
  for (const [n, call] of calls.entries()) {
    if (typeof call !== 'string') expect(inputs[n]).toMatchObject(call[1]);
  }
});

test('Resume answers after it has told the queue how long a message waits', async () => {
  const message = {
    messageId: 'm',
    receiptHandle: 'r',
    body: JSON.stringify(created()),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
  };
  const answers: AwsAnswers = {
    StartSyncExecution: () => ({ status: 'FAILED', error: 'StillWaiting' }),
    ChangeMessageVisibility: () => ({}),
  };
  expect(await invoke('resume', { Records: [message] }, answers)).toMatchObject({
    answer: { batchItemFailures: [{ itemIdentifier: 'm' }] },
    made: ['StartSyncExecution', 'ChangeMessageVisibility'],
    inputs: [{ stateMachineArn: STATE_MACHINE }, { QueueUrl: QUEUE, ReceiptHandle: 'r' }],
    clients: [
      // An execution may take five minutes.
      { maxAttempts: 1, requestTimeout: 305_000 },
      { maxAttempts: 1, requestTimeout: 10_000 },
    ],
    open: [],
  });
});
