import { assert, asyncProperty, string } from 'fast-check';
import {
  type CreateUploadSettings,
  createUpload,
  type Upload,
} from '../../../functions/create-upload/create-upload';
import type { UploadRequest } from '../../../functions/create-upload/request';
import { HttpProblem } from '../../../functions/lib/http/problem';
import { anyCharacter } from '../../fixtures/characters';
import { bodyOf } from '../http';

const UUID = '4f9d3a52-7c1e-4c58-9a0e-1f6b2d8c7e43';
const EXPIRES = '2026-03-12T02:13:00Z';
const SUBJECT = '0123456789abcdef0123456789abcdef';
const settings: CreateUploadSettings = {
  accepted: ['jpeg', 'png', 'tiff'],
  limits: { bytes: 1_000_000, pixels: 1, side: 1 },
  prefix: 'uploads/',
  forms: false,
};
const canyon: UploadRequest = { fileName: 'canyon.jpg', contentType: 'image/jpeg', size: 466_123 };

/** The answer, and the upload that was signed. */
async function create(
  request: Partial<UploadRequest> = {},
  caller = 'alice',
  changes: Partial<CreateUploadSettings> = {},
) {
  const uploads: Upload[] = [];
  const callers: string[] = [];
  const answer = await createUpload(
    { ...canyon, ...request },
    caller,
    { ...settings, ...changes },
    {
      newId: () => UUID,
      subjectOf: async (name) => {
        callers.push(name);
        return SUBJECT;
      },
      put: async (upload) => {
        uploads.push(upload);
        return { method: 'PUT', url: 'https://s3.example', headers: { a: 'b' }, expiresAt: EXPIRES };
      },
      form: async (upload) => {
        uploads.push(upload);
        return { method: 'POST', url: 'https://s3.example', fields: { c: 'd' }, expiresAt: EXPIRES };
      },
    },
  );
  expect(callers).toEqual([caller]);
  return { answer, upload: uploads[0]! };
}

async function refusal(request: Partial<UploadRequest>) {
  const error = await create(request).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(HttpProblem);
  return bodyOf((error as HttpProblem).answer);
}

test('an upload is for one key, type, size and name, and the answer has the URL of its status', async () => {
  const { answer, upload } = await create();
  expect(upload).toEqual({
    key: `uploads/${SUBJECT}/${UUID}.jpg`,
    contentType: 'image/jpeg',
    fileName: 'canyon.jpg',
    bytes: 466_123,
  });
  expect(answer).toMatchObject({
    statusCode: 201,
    headers: { location: `/images/${UUID}.jpg`, 'cache-control': 'no-store' },
  });
  expect(bodyOf(answer)).toEqual({
    id: `${UUID}.jpg`,
    upload: { method: 'PUT', url: 'https://s3.example', headers: { a: 'b' }, expiresAt: EXPIRES },
    status: `/images/${UUID}.jpg`,
  });
});

test('there is a form for who asks for one, if the settings allow that, and for nobody else', async () => {
  const forms = { forms: true };
  expect(bodyOf((await create({ method: 'POST' }, 'alice', forms)).answer).upload).toEqual({
    method: 'POST',
    url: 'https://s3.example',
    fields: { c: 'd' },
    expiresAt: EXPIRES,
  });
  for (const method of ['PUT', undefined] as const) {
    expect(bodyOf((await create({ method }, 'alice', forms)).answer).upload.method).toBe('PUT');
  }
  expect(await refusal({ method: 'POST' })).toMatchObject({
    status: 400,
    faults: [{ pointer: '/method', detail: 'Expected "PUT" but received "POST": this API signs no forms' }],
  });
});

test('the file extension follows from the content type, not from the name', async () => {
  expect((await create({ fileName: 'a.exe', contentType: 'image/tiff' })).upload.key).toMatch(/\.tiff$/);
});

test.each([
  ['jpeg', 'jpg'],
  ['png', 'png'],
  ['webp', 'webp'],
  ['gif', 'gif'],
  ['avif', 'avif'],
  ['tiff', 'tiff'],
  ['heic', 'heic'],
] as const)('the key of a file of type image/%s ends in .%s', async (format, suffix) => {
  const contentType = `image/${format}`;
  const { upload } = await create({ contentType }, 'alice', { accepted: [format] });
  expect(upload.key).toBe(`uploads/${SUBJECT}/${UUID}.${suffix}`);
});

test.each(['image/heic', 'image/heif'])(
  'a file of type %s is a HEIC, if those are accepted',
  async (type) => {
    const { upload } = await create({ contentType: type }, 'alice', { accepted: ['heic'] });
    expect(upload).toMatchObject({ key: expect.stringMatching(/\.heic$/), contentType: type });
    expect(await refusal({ contentType: type })).toMatchObject({ status: 422, error: 'UnsupportedFormat' });
  },
);

test('the largest file that the limit allows is signed, one byte more is not', async () => {
  await create({ size: 1_000_000 });
  expect(await refusal({ size: 1_000_001 })).toEqual({
    type: 'about:blank',
    title: 'Payload Too Large',
    status: 413,
    detail: 'The file has 1,000,001 bytes; at most 1,000,000 are allowed. Upload a smaller image.',
    error: 'ImageTooLarge',
  });
});

test.each(['text/plain', 'image/webp', 'image/svg+xml', 'IMAGE/JPEG', 'image/jpeg, image/png', ''])(
  'the content type %j is not signed',
  async (contentType) => {
    const detail = `Expected image/jpeg, image/png, or image/tiff but received ${JSON.stringify(contentType)}`;
    expect(await refusal({ contentType })).toMatchObject({
      status: 422,
      error: 'UnsupportedFormat',
      detail: `${detail}. Convert the image and upload it again.`,
      faults: [{ pointer: '/contentType', detail }],
    });
  },
);

test('no name of a file or a user is part of the key, and metadata is ASCII', async () => {
  const text = string({ minLength: 1, maxLength: 255, unit: anyCharacter });
  await assert(
    asyncProperty(text, text, async (fileName, caller) => {
      const { upload } = await create({ fileName }, caller);
      expect(upload.key).toBe(`uploads/${SUBJECT}/${UUID}.jpg`);
      expect(upload.fileName).toMatch(/^([\w.!~*'()-]|%[0-9A-F]{2})+$/);
    }),
  );
});

test('a refused request gives nobody an id', async () => {
  const ports = { newId: () => UUID, subjectOf: jest.fn(), put: jest.fn(), form: jest.fn() };
  await expect(createUpload({ ...canyon, size: 1_000_001 }, 'alice', settings, ports)).rejects.toThrow(
    HttpProblem,
  );
  expect(ports.subjectOf).not.toHaveBeenCalled();
});
