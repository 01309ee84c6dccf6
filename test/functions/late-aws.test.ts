/** No handler answers before AWS has answered all its calls: Lambda freezes the function then, and the rest may never happen. */
import { Readable } from 'node:stream';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { FunctionName } from '../../contract/environment';
import type { ImageRecord } from '../../contract/record';
import { recordId, sourceOf } from '../../contract/source';
import purged from '../fixtures/events/object-deleted-permanently.json';
import { picture } from '../fixtures/images';
import sharp from '../fixtures/sharp';
import { captureMetrics } from './emitted';
import { load } from './handlers';
import { LateCalls } from './late-calls';
import {
  created,
  EXECUTION,
  imageOf,
  presetOf,
  TABLE,
  THUMBNAILS,
  thumbnailOf,
  UPLOADS,
  variantOf,
} from './support';

captureMetrics('pics');

type Input = Record<string, unknown>;
/** The answer to each command. */
type Answers = Record<string, (input: Input, n: number) => object>;

const QUEUE = 'https://sqs.us-east-1.amazonaws.com/111122223333/backlog';
const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  TABLE_NAME: TABLE,
  UPLOADS_BUCKET: UPLOADS,
  UPLOADS_SUFFIXES: 'jpg',
  THUMBNAILS_BUCKET: THUMBNAILS,
  QUARANTINE_BUCKET: 'quarantine',
  QUEUE_URL: QUEUE,
  TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:processed',
  STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:workflow',
  TOMBSTONE_DAYS: '14',
  CACHE_CONTROL: 'public',
  BACKGROUND: '#ffffff',
  ACCEPTED_FORMATS: 'jpeg,png',
  PRESETS: JSON.stringify([presetOf(variantOf())]),
  MAX_BYTES: '1000000',
  MAX_PIXELS: '1000000',
  MAX_SIDE: '1000',
};

// Every client of the SDK sends its calls through this method.
const Client = Object.getPrototypeOf(S3Client.prototype) as { send: (...input: never[]) => unknown };
const { send } = Client;
const environment = { ...process.env };
let jpeg: Buffer;
beforeAll(async () => {
  Object.assign(process.env, ENVIRONMENT);
  jpeg = await picture({ width: 40, height: 30 });
});
afterEach(() => {
  Client.send = send;
});
afterAll(() => {
  process.env = environment;
  sharp.unblock({ operation: ['VipsForeignLoad'] }); // loading thumbnail's handler blocks them for the process
});

/**
 * Invokes a function, as Lambda does, in front of an AWS that answers late.
 *
 * @returns the calls that it made, in order, and those that were still open when it answered or failed
 */
async function invoke(name: FunctionName, input: unknown, answers: Answers) {
  const made: string[] = [];
  const late = new LateCalls();
  Client.send = ((command: { input: Input }) => {
    const call = command.constructor.name.replace(/Command$/, '');
    const n = made.filter((one) => one === call).length;
    made.push(call);
    return late.late(
      call,
      (async () => {
        const answer = answers[call];
        if (!answer) throw new Error(`Expected no ${call}`);
        return answer(command.input, n);
      })(),
    );
  }) as typeof Client.send;
  await load[name]().handler(input, { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'b1c5' });
  return { made, open: late.unanswered };
}

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
const ofThumbnails: Answers = {
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

test.each<[string, FunctionName, unknown, Answers, string[]]>([
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
    ['Publish', 'UpdateItem'],
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
    ['HeadObject', 'GetItem', 'SendMessage'],
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
    ['GetItem', 'UpdateItem', 'GetObject', 'UpdateItem', 'SendMessage', 'UpdateItem'],
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
  expect(await invoke(name, input, answers)).toEqual({ made: calls, open: [] });
});

test('Resume answers after it has told the queue how long a message waits', async () => {
  const message = {
    messageId: 'm',
    receiptHandle: 'r',
    body: JSON.stringify(created()),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
  };
  const answers: Answers = {
    StartSyncExecution: () => ({ status: 'FAILED', error: 'StillWaiting' }),
    ChangeMessageVisibility: () => ({}),
  };
  expect(await invoke('resume', { Records: [message] }, answers)).toEqual({
    made: ['StartSyncExecution', 'ChangeMessageVisibility'],
    open: [],
  });
});
