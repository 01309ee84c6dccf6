import { Readable } from 'node:stream';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { recordId, sourceOf } from '../../../contract/source';
import { picture } from '../../fixtures/images';
import { type AwsAnswers, fakeAws } from '../aws';
import { captureMetrics } from '../emitted';
import { created, EXECUTION, TABLE, UPLOADS } from '../support';

const written = captureMetrics('pics');
const invoke = fakeAws();

const source = sourceOf(created());
let jpeg: Buffer;
beforeAll(async () => {
  jpeg = await picture({ width: 40, height: 30 });
});

const answers: AwsAnswers = {
  GetObject: () => ({
    Body: Readable.from([jpeg]),
    ETag: `"${source.etag}"`,
    VersionId: source.version,
    ContentLength: jpeg.length,
    ContentRange: `bytes 0-${jpeg.length - 1}/${jpeg.length}`,
  }),
  UpdateItem: () => ({}),
};
const validate = (changes: AwsAnswers = {}, variables: Record<string, string> = {}) =>
  invoke('validate', { execution: EXECUTION, state: created() }, { ...answers, ...changes }, variables);

test('reads the beginning of the object, claims the record, counts the upload and answers with what it found', async () => {
  written.take();
  const { answer, made, inputs } = await validate();
  expect(made).toEqual(['GetObject', 'UpdateItem']);
  expect(inputs).toMatchObject([
    { Bucket: UPLOADS, Key: source.key, Range: expect.stringMatching(/^bytes=0-/) },
    { TableName: TABLE, Key: { id: { S: recordId(source) } } },
  ]);
  expect(answer).toMatchObject({ source, format: 'jpeg', width: 40, height: 30, bytes: jpeg.length });
  expect(written.take()).toEqual(['Uploads{Workflow=pics} 1 Count']);
});

test('the first version of an object has no thumbnails to look up; a later one may', async () => {
  const older = { ...source, sequencer: '0'.repeat(32), version: 'v0', status: 'DONE' };
  const after = async (record: object) =>
    (await validate({ UpdateItem: () => ({ Attributes: marshall({ ...older, ...record }) }) })).answer;
  expect((await validate()).answer).toMatchObject({ isNew: true });
  expect(await after({ thumbnailKeys: new Set([`${source.key}/thumbnail.jpg`]) })).not.toHaveProperty(
    'isNew',
  );
});

test('a version that was claimed already is not counted again', async () => {
  written.take();
  await validate({ UpdateItem: () => ({ Attributes: marshall({ ...source, status: 'PROCESSING' }) }) });
  expect(written.take()).toEqual([]);
});

test('while the function starts it rehearses a read', async () => {
  const { inputs } = await validate({}, { AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand' });
  expect(inputs).toContainEqual({ Bucket: 'rehearsal', Key: 'rehearsal' });
});

test('a version that a newer one has overtaken is refused', async () => {
  const Item = marshall({ ...source, sequencer: 'F'.repeat(32), status: 'DONE' });
  const refuse = () => {
    throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {}, Item });
  };
  await expect(validate({ UpdateItem: refuse })).rejects.toMatchObject({ name: 'Superseded' });
});
