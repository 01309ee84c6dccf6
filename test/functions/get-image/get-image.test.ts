import fc from 'fast-check';
import type { ImageRecord } from '../../../contract/record';
import { type GetImageSettings, getImage } from '../../../functions/get-image/get-image';
import { HttpProblem } from '../../../functions/lib/http/problem';
import { bodyOf, ID } from '../http';
import { DETAILS, EXECUTION, imageOf, NOW, sourceAt, thumbnailOf, UPLOADS } from '../support';

const settings: GetImageSettings = {
  bucket: UPLOADS,
  prefix: 'uploads/',
  deliveryUrl: 'https://d111111abcdef8.cloudfront.net',
};
const SUBJECT = '0123456789abcdef0123456789abcdef';
const KEY = `uploads/${SUBJECT}/${ID}`;
const source = sourceAt(1, { key: KEY });
const { format, width, height, frames, bytes, preset } = imageOf(source);
const image = { format, width, height, frames, bytes };

function recordOf(changes: Partial<ImageRecord>): ImageRecord {
  const now = NOW.toISOString();
  return {
    id: `${UPLOADS}/${KEY}`,
    ...source,
    status: 'DONE',
    image,
    preset,
    execution: EXECUTION,
    startedAt: now,
    updatedAt: now,
    ...changes,
  };
}

const done = recordOf({
  thumbnails: [
    thumbnailOf(source, {
      variant: 'small',
      key: `${KEY}/small.jpg`,
      url: `https://d111111abcdef8.cloudfront.net/${KEY}/small.jpg?v=0123456789`,
    }),
  ],
});

/** The ids of users, by their names. */
const SUBJECTS: Record<string, string> = { alice: SUBJECT, mallory: 'f'.repeat(32) };

/** A world with one object of Alice's in the given state. */
function ask(
  { record = null, uploaded = true }: { record?: ImageRecord | null; uploaded?: boolean },
  { id = ID, caller = 'alice', ifNoneMatch }: { id?: string; caller?: string; ifNoneMatch?: string } = {},
) {
  return getImage({ id, caller, ifNoneMatch }, settings, {
    subjectOf: async (name) => SUBJECTS[name] ?? null,
    find: async ({ bucket, key }) => (bucket === UPLOADS && key === KEY ? record : null),
    exists: async ({ bucket, key }) => bucket === UPLOADS && key === KEY && uploaded,
  });
}

const refused = async (asking: Promise<unknown>) => {
  const error = await asking.catch((thrown) => thrown);
  expect(error).toBeInstanceOf(HttpProblem);
  return (error as HttpProblem).answer.statusCode;
};

test('an upload is PROCESSING while it is being processed, and also before its event has arrived', async () => {
  for (const record of [null, recordOf({ status: 'PROCESSING' })]) {
    const answer = await ask({ record });
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'private, no-cache',
        'retry-after': '1',
      },
    });
    expect(bodyOf(answer)).toEqual({ id: ID, status: 'PROCESSING' });
  }
});

test('an image that was never uploaded, was deleted or belongs to someone else is not found', async () => {
  expect(await refused(ask({ uploaded: false }))).toBe(404);
  expect(await refused(ask({ record: recordOf({ status: 'DELETED' }) }))).toBe(404);
  expect(await refused(ask({ record: done }, { caller: 'mallory' }))).toBe(404);
  expect(await refused(ask({ record: done }, { caller: 'who never uploaded anything' }))).toBe(404);
});

test.each(['', '../alice', 'x.jpg', ID.toUpperCase(), `${ID}/small.jpg`, `${ID}\n`, `../alice/${ID}`])(
  'the invalid id %j is not looked up',
  async (id) => {
    const looked = jest.fn();
    const ports = { subjectOf: looked, find: looked, exists: looked };
    expect(await refused(getImage({ id, caller: 'alice' }, settings, ports))).toBe(404);
    expect(looked).not.toHaveBeenCalled();
  },
);

test('the answer shows an id that is not found, shortened if it is long', async () => {
  const ports = { subjectOf: jest.fn(), find: jest.fn(), exists: jest.fn() };
  const detailOf = async (id: string | undefined) => {
    const error = await getImage({ id, caller: 'alice' }, settings, ports).catch((thrown) => thrown);
    return bodyOf((error as HttpProblem).answer).detail;
  };
  const detail = (shown: string) =>
    `Expected the id of an image you uploaded but received "${shown}". It was not uploaded yet, or it was deleted.`;
  expect(await detailOf('x.jpg')).toBe(detail('x.jpg'));
  expect(await detailOf('x'.repeat(61))).toBe(detail('x'.repeat(60)));
  expect(await detailOf(undefined)).toBe(detail(''));
});

test('a failure has the same name and message as in the record and the mail', async () => {
  const error = { name: 'CorruptImage', message: 'The JPEG ends early.' };
  const answer = await ask({ record: recordOf({ status: 'FAILED', error }) });
  expect(bodyOf(answer)).toEqual({ id: ID, status: 'FAILED', error });
  expect(answer.headers).not.toHaveProperty('retry-after');
});

test('DONE has the URL of each thumbnail, lazy ones included', async () => {
  const { bytes: _, ...offer } = thumbnailOf(source, {
    variant: 'large',
    key: `${KEY}/large.jpg`,
    width: 1600,
    height: 1200,
    url: `https://d111111abcdef8.cloudfront.net/${KEY}/large.jpg?v=abcdef0123`,
  });
  const answer = await ask({ record: { ...done, onRequest: [offer] } });
  const base = `https://d111111abcdef8.cloudfront.net/${KEY}`;
  expect(bodyOf(answer)).toEqual({
    id: ID,
    status: 'DONE',
    image,
    thumbnails: [
      {
        variant: 'small',
        url: `${base}/small.jpg?v=0123456789`,
        width: 200,
        height: 150,
        format: 'jpeg',
        bytes: 9_876,
      },
      {
        variant: 'large',
        url: `${base}/large.jpg?v=abcdef0123`,
        width: 1600,
        height: 1200,
        format: 'jpeg',
        onRequest: true,
      },
    ],
    srcset: `${base}/small.jpg?v=0123456789 200w, ${base}/large.jpg?v=abcdef0123 1600w`,
  });
  expect(answer.headers).not.toHaveProperty('retry-after');
});

test('DONE has the details that are recorded, and no other key without them', async () => {
  const { placeholders, exif } = DETAILS;
  expect(bodyOf(await ask({ record: { ...done, ...DETAILS } }))).toMatchObject({ placeholders, exif });
  expect(Object.keys(bodyOf(await ask({ record: done })))).toEqual([
    'id',
    'status',
    'image',
    'thumbnails',
    'srcset',
  ]);
});

test('DONE says which thumbnails move, and nothing of the settings', async () => {
  const thumbnails = [
    thumbnailOf(source, { animated: true }),
    thumbnailOf(source, { variant: 'large', note: 'limits.animatedPixels' }),
  ];
  const body = bodyOf(await ask({ record: recordOf({ thumbnails }) }));
  expect(body.thumbnails).toMatchObject([{ variant: 'thumbnail', animated: true }, { variant: 'large' }]);
  expect(body.thumbnails[1]).not.toHaveProperty('animated');
  expect(JSON.stringify(body)).not.toContain('limits');
});

test('a URL that was recorded before the domain changed gets the new domain and keeps its version', async () => {
  const [thumbnail] = done.thumbnails!;
  const url = `https://old.example.com/${KEY}/small.jpg?v=0123456789`;
  const answer = await ask({ record: { ...done, thumbnails: [{ ...thumbnail!, url }] } });
  expect(bodyOf(answer).thumbnails[0].url).toBe(
    `https://d111111abcdef8.cloudfront.net/${KEY}/small.jpg?v=0123456789`,
  );
});

test('a thumbnail from before there was a CDN gets a URL that changes with the image', async () => {
  const versions = [];
  for (const etag of ['one', 'two']) {
    const record = { ...done, etag, thumbnails: [thumbnailOf(source)] };
    versions.push(bodyOf(await ask({ record })).thumbnails[0].url);
  }
  expect(versions[0]).toMatch(
    /^https:\/\/d111111abcdef8\.cloudfront\.net\/uploads\/0123456789abcdef0123456789abcdef\/.*\/thumbnail\.jpg\?v=[0-9a-f]{10}$/,
  );
  expect(versions[1]).not.toBe(versions[0]);
});

describe('an ETag makes polling cheap', () => {
  test.each([
    ['the tag', (etag: string) => etag],
    ['the tag, weakened on the way', (etag: string) => `W/${etag}`],
    ['a list with the tag', (etag: string) => `"a,b", W/${etag} , "c"`],
    ['any', () => '*'],
    ['any, with spaces', () => ' * '],
  ])('%s: nothing new', async (_, ifNoneMatch) => {
    const { headers } = await ask({ record: null });
    const answer = await ask({}, { ifNoneMatch: ifNoneMatch(headers['etag']!) });
    expect(answer).toMatchObject({
      statusCode: 304,
      headers: { etag: headers['etag'], 'cache-control': 'private, no-cache', 'retry-after': '1' },
    });
    expect(answer).not.toHaveProperty('body');
  });

  test('another tag: the whole answer', async () => {
    const { headers } = await ask({ record: null });
    const tag = headers['etag']!;
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    for (const ifNoneMatch of ['', '"other"', tag.slice(1, -1), `"x${tag.slice(1)}`]) {
      expect((await ask({}, { ifNoneMatch })).statusCode).toBe(200);
    }
    expect((await ask({ record: done }, { ifNoneMatch: tag })).statusCode).toBe(200);
  });
});

test('a failure that is not about the image is told without what AWS says of it', async () => {
  const error = { name: 'AccessDenied', message: `User: arn:aws:iam::111122223333:role/x may not` };
  const { body } = await ask({ record: recordOf({ status: 'FAILED', error }) });
  const answer = bodyOf({ body } as never) as { error: { name: string; message: string } };
  expect(answer.error.name).toBe('InternalError');
  expect(answer.error.message).toContain(EXECUTION.split(':').at(-1));
  expect(body).not.toMatch(/arn:|111122223333|AccessDenied/);
});

test('where viewers need signed URLs, every URL of the answer is signed, and the key is only read if there are any', async () => {
  const offer = { ...thumbnailOf(source, { variant: 'large', key: `${KEY}/large.webp`, format: 'webp' }) };
  const record = recordOf({ ...done, onRequest: [offer] });
  const signer = jest.fn(async () => (url: string) => `${url}&Signature=s`);
  const ports = {
    subjectOf: async () => SUBJECT,
    find: async () => record as ImageRecord | null,
    exists: async () => true,
    signer,
  };
  const answer = bodyOf(await getImage({ id: ID, caller: 'alice' }, settings, ports));
  const urls = JSON.stringify(answer).match(/https:[^" ]+/g)!;
  expect(urls).toHaveLength(5); // two thumbnails, `srcset`, and one entry in each of two `sources`
  expect(urls.filter((url) => !url.endsWith('&Signature=s'))).toEqual([]);
  expect(signer).toHaveBeenCalledTimes(1);

  for (const status of ['PROCESSING', 'FAILED'] as const) {
    const waiting = recordOf({ status, error: { name: 'CorruptImage', message: 'It is damaged.' } });
    await getImage({ id: ID, caller: 'alice' }, settings, { ...ports, find: async () => waiting });
  }
  await getImage({ id: ID, caller: 'alice' }, settings, { ...ports, find: async () => null });
  expect(signer).toHaveBeenCalledTimes(1);
});

test('whatever a record may hold, the answer is one of the API, and a picture is shown only if there is one', async () => {
  const thumbnail = done.thumbnails![0]!;
  const part = <Value>(value: Value) => fc.option(fc.constant(value), { nil: undefined });
  const records = fc.record({
    status: fc.constantFrom('PROCESSING', 'DONE', 'FAILED', 'DELETED'),
    thumbnails: fc.constantFrom(undefined, [], [thumbnail]),
    onRequest: fc.constantFrom(undefined, [], [{ ...thumbnail, variant: 'large', width: 400, height: 300 }]),
    lastError: part({
      name: 'CorruptImage',
      message: 'It is damaged.',
      execution: EXECUTION,
      time: NOW.toISOString(),
    }),
    survivedSequencer: part(source.sequencer),
    note: part('no copy'),
  });
  await fc.assert(
    fc.asyncProperty(records, async (changes) => {
      const failed = changes.status === 'FAILED' && { error: { name: 'TransientError', message: 'arn:aws' } };
      const record = recordOf({ ...changes, ...failed } as Partial<ImageRecord>);
      const answer = await ask({ record }).catch((error) => {
        expect(error).toBeInstanceOf(HttpProblem);
        return (error as HttpProblem).answer;
      });
      expect(answer.body).not.toContain('arn:');
      if (changes.status === 'DELETED') return expect(answer.statusCode).toBe(404);
      const { status, srcset } = JSON.parse(answer.body as string);
      const some = (changes.thumbnails?.length ?? 0) + (changes.onRequest?.length ?? 0) > 0;
      const expected = changes.status === 'DONE' && !some ? 'PROCESSING' : changes.status;
      expect({ status, hasPicture: srcset !== undefined }).toEqual({
        status: expected,
        hasPicture: status === 'DONE',
      });
    }),
  );
});
