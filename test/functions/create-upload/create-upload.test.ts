import { assert, asyncProperty, string } from 'fast-check';
import {
  type CreateUploadSettings,
  createUpload,
  type Form,
} from '../../../functions/create-upload/create-upload';
import { HttpProblem } from '../../../functions/lib/http/problem';
import { anyCharacter } from '../../fixtures/characters';
import { bodyOf } from '../http';

const UUID = '4f9d3a52-7c1e-4c58-9a0e-1f6b2d8c7e43';
const SUBJECT = '0123456789abcdef0123456789abcdef';
const settings: CreateUploadSettings = {
  accepted: ['jpeg', 'png', 'tiff'],
  limits: { bytes: 1_000_000, pixels: 1, side: 1 },
  prefix: 'uploads/',
};
const canyon = { fileName: 'canyon.jpg', contentType: 'image/jpeg', size: 466_123 };

/** The answer, and the form that S3 was asked for. */
async function create(request: Partial<typeof canyon> = {}, caller = 'alice', accepted = settings.accepted) {
  const forms: Form[] = [];
  const callers: string[] = [];
  const answer = await createUpload(
    { ...canyon, ...request },
    caller,
    { ...settings, accepted },
    {
      newId: () => UUID,
      subjectOf: async (name) => {
        callers.push(name);
        return SUBJECT;
      },
      presign: async (form) => {
        forms.push(form);
        return { url: 'https://s3.example', fields: form.fields, expiresAt: '2026-03-12T02:13:00Z' };
      },
    },
  );
  expect(callers).toEqual([caller]);
  return { answer, form: forms[0]! };
}

async function refusal(request: Partial<typeof canyon>) {
  const error = await create(request).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(HttpProblem);
  return bodyOf((error as HttpProblem).answer);
}

test('a form is for one key, type and name, and the answer has the URL of its status', async () => {
  const { answer, form } = await create();
  expect(form).toEqual({
    key: `uploads/${SUBJECT}/${UUID}.jpg`,
    fields: { 'Content-Type': 'image/jpeg', 'x-amz-meta-file-name': 'canyon.jpg' },
    bytes: 466_123,
  });
  expect(answer).toMatchObject({
    statusCode: 201,
    headers: { location: `/images/${UUID}.jpg`, 'cache-control': 'no-store' },
  });
  expect(bodyOf(answer)).toEqual({
    id: `${UUID}.jpg`,
    upload: { url: 'https://s3.example', fields: form.fields, expiresAt: '2026-03-12T02:13:00Z' },
    status: `/images/${UUID}.jpg`,
  });
});

test('the file extension follows from the content type, not from the name', async () => {
  expect((await create({ fileName: 'a.exe', contentType: 'image/tiff' })).form.key).toMatch(/\.tiff$/);
});

test.each(['image/heic', 'image/heif'])(
  'a file of type %s is a HEIC, if those are accepted',
  async (type) => {
    const { form } = await create({ contentType: type }, 'alice', ['heic']);
    expect(form).toMatchObject({ key: expect.stringMatching(/\.heic$/), fields: { 'Content-Type': type } });
    expect(await refusal({ contentType: type })).toMatchObject({ status: 422, error: 'UnsupportedFormat' });
  },
);

test('the largest file that the limit allows gets a form, one byte more does not', async () => {
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
  'the content type %j gets no form',
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
      const { form } = await create({ fileName }, caller);
      expect(form.key).toBe(`uploads/${SUBJECT}/${UUID}.jpg`);
      expect(form.fields['x-amz-meta-file-name']).toMatch(/^([\w.!~*'()-]|%[0-9A-F]{2})+$/);
    }),
  );
});

test('a refused request gives nobody an id', async () => {
  const ports = { newId: () => UUID, subjectOf: jest.fn(), presign: jest.fn() };
  await expect(createUpload({ ...canyon, size: 1_000_001 }, 'alice', settings, ports)).rejects.toThrow(
    HttpProblem,
  );
  expect(ports.subjectOf).not.toHaveBeenCalled();
});
