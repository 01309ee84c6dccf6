import type { ImageRecord } from '../../contract/record';
import { createUpload } from '../../functions/create-upload/create-upload';
import { getImage } from '../../functions/get-image/get-image';
import { problem } from '../../functions/lib/http/problem';
import { openApiDocument } from '../../scripts/openapi/document';
import * as examples from '../../scripts/openapi/examples';
import { schemas } from '../../scripts/openapi/schemas';
import { bodyOf, ID } from '../functions/http';
import { DETAILS, EXECUTION, imageOf, NOW, sourceAt, thumbnailOf, UPLOADS } from '../functions/support';
import { document } from './documents';

test('docs/openapi.json is up to date: run `npm run docs`', () => {
  expect(document('openapi.json')).toBe(openApiDocument());
});

/** A document's OpenAPI version, and what is wrong with it. */
async function validated(text: string) {
  const { Validator } = await import('@seriousme/openapi-schema-validator');
  const validator = new Validator();
  const { errors = [] } = await validator.validate(JSON.parse(text));
  return { version: validator.version, errors };
}

test('docs/openapi.json is an OpenAPI 3.1 document', async () => {
  expect(await validated(openApiDocument())).toEqual({ version: '3.1', errors: [] });
});

test('a document with a mistake is refused', async () => {
  const mistaken = openApiDocument().replace('"operationId"', '"operationID"');
  expect((await validated(mistaken)).errors).not.toEqual([]);
});

test('every example matches its schema exactly', () => {
  expect(schemas.UploadRequest.parse(examples.uploadRequest)).toEqual(examples.uploadRequest);
  expect(schemas.CreatedUpload.parse(examples.createdUpload)).toEqual(examples.createdUpload);
  expect(schemas.Problem.parse(examples.problem)).toEqual(examples.problem);
  for (const image of Object.values(examples.images)) expect(schemas.Image.parse(image)).toEqual(image);
});

describe('the functions answer as the document says', () => {
  const source = sourceAt(1, { key: `alice/${ID}` });
  const { format, width, height, frames, bytes, preset } = imageOf(source);
  const done: ImageRecord = {
    id: `${UPLOADS}/${source.key}`,
    ...source,
    status: 'DONE',
    image: { format, width, height, frames, bytes },
    preset,
    thumbnails: [thumbnailOf(source), thumbnailOf(source, { format: 'avif' })],
    onRequest: [thumbnailOf(source, { variant: 'large' })],
    execution: EXECUTION,
    startedAt: NOW.toISOString(),
    updatedAt: NOW.toISOString(),
  };
  const error = { name: 'CorruptImage', message: 'The JPEG ends early.' };

  test.each<[string, ImageRecord | null]>([
    ['an image that waits', null],
    ['an image that is done', done],
    ['an image whose preset asks for details', { ...done, ...DETAILS }],
    ['an image that failed', { ...done, status: 'FAILED', error }],
  ])('%s', async (_, record) => {
    const settings = { bucket: UPLOADS, prefix: '', deliveryUrl: 'https://cdn.example.com' };
    const ports = { subjectOf: async () => 'a', find: async () => record, exists: async () => true };
    const body = bodyOf(await getImage({ id: ID, caller: 'alice' }, settings, ports));
    expect(schemas.Image.parse(body)).toEqual(body);
  });

  test.each(['PUT', 'POST'] as const)('an upload by %s', async (method) => {
    const settings = {
      accepted: ['jpeg' as const],
      limits: { bytes: 1_000_000, pixels: 1, side: 1 },
      prefix: '',
      forms: true,
    };
    const { url, headers, expiresAt } = examples.createdUpload.upload;
    const answer = await createUpload({ ...examples.uploadRequest, method }, 'alice', settings, {
      newId: () => ID.slice(0, -4),
      subjectOf: async () => 'a',
      put: async () => ({ method: 'PUT', url, headers, expiresAt }),
      form: async () => ({ method: 'POST', url, fields: { key: 'a' }, expiresAt }),
    });
    expect(schemas.CreatedUpload.parse(bodyOf(answer))).toEqual(bodyOf(answer));
  });

  test('a problem', () => {
    const body = bodyOf(problem(400, 'No.', { error: 'ImageTooLarge', faults: examples.problem.faults }));
    expect(schemas.Problem.parse(body)).toEqual(body);
  });
});
