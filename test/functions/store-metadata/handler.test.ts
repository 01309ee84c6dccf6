import { marshall } from '@aws-sdk/util-dynamodb';
import { recordId, sourceOf } from '../../../contract/source';
import { type AwsAnswers, fakeAws } from '../aws';
import { captureMetrics } from '../emitted';
import { created, EXECUTION, imageOf, TABLE, THUMBNAILS, thumbnailOf } from '../support';

const written = captureMetrics('pics');
const invoke = fakeAws();

const source = sourceOf(created());
const state = {
  ...created(),
  image: imageOf(source),
  thumbnails: { schema: 1, items: [thumbnailOf(source)] },
};
const answers: AwsAnswers = {
  UpdateItem: () => ({ Attributes: marshall({ thumbnailKeys: new Set(['old.jpg']) }) }),
  HeadObject: () => ({ ETag: '"e"', ContentLength: 1, Metadata: { sequencer: '0'.repeat(32) } }),
  DeleteObject: () => ({}),
};
const store = (changes: AwsAnswers = {}, variables: Record<string, string> = {}) =>
  invoke('store-metadata', { execution: EXECUTION, state }, { ...answers, ...changes }, variables);

test('records the thumbnails, removes those that no record lists any more, and counts the image as done', async () => {
  written.take();
  const { answer, inputs } = await store();
  expect(answer).toEqual({ schema: 1, id: recordId(source), status: 'DONE', notified: false });
  expect(inputs).toMatchObject([
    { TableName: TABLE, Key: { id: { S: recordId(source) } } },
    { Bucket: THUMBNAILS, Key: 'old.jpg' },
    { Bucket: THUMBNAILS, Key: 'old.jpg', IfMatch: '"e"' },
  ]);
  expect(written.take()).toEqual(['Done{Workflow=pics} 1 Count', 'Failed{Workflow=pics} 0 Count']);
});

test('a version that was done already is not counted again', async () => {
  const item = { ...source, status: 'DONE' };
  written.take();
  await store({ UpdateItem: () => ({ Attributes: marshall(item) }) });
  expect(written.take()).toEqual([]);
});

test('the record gets the hash of the settings of its prefix, if the stack has backfills', async () => {
  const hashOf = async (variables: Record<string, string>) => {
    const [update] = (await store({}, variables)).inputs;
    return update!['ExpressionAttributeValues'][':settingsHash'];
  };
  expect(await hashOf({})).toBeUndefined();
  expect(await hashOf({ SETTINGS_HASHES: '{"":"0123","uploads/":"4567"}' })).toEqual({ S: '4567' });
});
