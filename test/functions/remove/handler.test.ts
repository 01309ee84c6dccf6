import { marshall } from '@aws-sdk/util-dynamodb';
import purged from '../../fixtures/events/object-deleted-permanently.json';
import { type AwsAnswers, fakeAws, QUEUE } from '../aws';
import { EXECUTION, TABLE, THUMBNAILS } from '../support';

const invoke = fakeAws();

const missing = () => {
  throw Object.assign(new Error('Not Found'), { name: 'NotFound' });
};
const earlier = { ETag: '"e"', ContentLength: 1, Metadata: { sequencer: '0'.repeat(32) } };
const answers: AwsAnswers = {
  HeadObject: ({ Bucket }) => (Bucket === THUMBNAILS ? earlier : missing()),
  UpdateItem: () => ({ Attributes: marshall({ thumbnailKeys: new Set(['old.jpg']) }) }),
  DeleteObject: () => ({}),
};
const remove = (changes: AwsAnswers = {}, variables: Record<string, string> = {}) =>
  invoke('remove', { execution: EXECUTION, state: purged }, { ...answers, ...changes }, variables);

test('a deletion removes the thumbnails and leaves a tombstone for as many days as the settings say', async () => {
  const began = Date.now();
  const { answer, inputs } = await remove({}, { TOMBSTONE_DAYS: '14' });
  const ended = Date.now();
  expect(answer).toEqual({ schema: 1, outcome: 'REMOVED' });
  const [head, update, , deleted] = inputs;
  expect(head).toEqual({ Bucket: purged.detail.bucket.name, Key: purged.detail.object.key });
  expect(deleted).toMatchObject({ Bucket: THUMBNAILS, Key: 'old.jpg', IfMatch: '"e"' });
  expect(update).toMatchObject({ TableName: TABLE });
  const kept = Number(update!['ExpressionAttributeValues'][':expiresAt'].N) - 14 * 24 * 60 * 60;
  expect(kept).toBeGreaterThanOrEqual(Math.floor(began / 1_000));
  expect(kept).toBeLessThanOrEqual(Math.floor(ended / 1_000));
});

test('it is announced only if the settings ask for events', async () => {
  expect((await remove({}, { EVENTS: 'on' })).answer).toMatchObject({
    event: { version: '1', namePrefix: 'pics', status: 'DELETED' },
  });
});

test('an earlier version that is the current one again gets an event of its own in the queue', async () => {
  const { answer, inputs } = await remove({
    HeadObject: () => ({ VersionId: 'earlier', ETag: '"e0"', ContentLength: 7 }),
    GetItem: () => ({}),
    SendMessage: () => ({}),
  });
  expect(answer).toEqual({ schema: 1, outcome: 'RESTORED' });
  expect(inputs.at(-1)).toMatchObject({ QueueUrl: QUEUE });
  expect(JSON.parse(String(inputs.at(-1)?.['MessageBody']))).toMatchObject({
    'detail-type': 'Object Created',
    detail: { object: { 'version-id': 'earlier', etag: 'e0', size: 7 }, reason: 'Restored' },
  });
});
