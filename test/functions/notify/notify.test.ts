import fc from 'fast-check';
import type { Details } from '../../../contract/details';
import type { Image, Offer, Thumbnail } from '../../../contract/image';
import { detailOf } from '../../../contract/messages/outcome-event';
import { recordId } from '../../../contract/source';
import { thumbnailUrl } from '../../../functions/lib/image/thumbnail-url';
import { dedupeId } from '../../../functions/lib/records/dedupe-id';
import { SILENT } from '../../../functions/lib/runtime/announcer';
import { type NotifyPorts, notify as notifyWith, type Publication } from '../../../functions/notify/notify';
import { anyCharacter } from '../../fixtures/characters';
import { withLatePorts } from '../late-calls';
import { created, DETAILS, EXECUTION, EXECUTION_LINK, imageOf, NOW, sourceAt, thumbnailOf } from '../support';

function inputFor(image: Image, items: Thumbnail[], notified = false, onRequest?: Offer[]) {
  return {
    execution: EXECUTION,
    state: {
      ...created(),
      image,
      thumbnails: { schema: 1 as const, items, onRequest },
      record: { schema: 1 as const, id: recordId(image.source), status: 'DONE' as const, notified },
    },
  };
}

const notify = (input: Parameters<typeof notifyWith>[0], ports: NotifyPorts, now: Date) =>
  withLatePorts(ports, (late) => notifyWith(input, late, now));

/** A topic and a record in memory. */
function world(changes: Partial<NotifyPorts> = {}) {
  const seen = { published: [] as Publication[], steps: [] as string[] };
  const ports: NotifyPorts = {
    publish: async (publication) => {
      seen.published.push(publication);
      seen.steps.push('publish');
      return '567910cd-659e-55d4-8ccb-5aaf14679dc0';
    },
    markNotified: async () => {
      seen.steps.push('mark');
    },
    announce: SILENT,
    opensUrls: true,
    ...changes,
  };
  return { ports, seen };
}

async function published(
  image: Image,
  items: Thumbnail[] = [thumbnailOf(image.source)],
  onRequest?: Offer[],
  details: Details = {},
): Promise<Publication> {
  const { ports, seen } = world();
  const input = inputFor(image, items, false, onRequest);
  Object.assign(input.state.thumbnails, details);
  await notify(input, ports, NOW);
  return seen.published[0] as Publication;
}

const S3 = 'https://us-east-1.console.aws.amazon.com/s3/object/';
const source = sourceAt(5);
const image = imageOf(source, { preset: { name: 'web', hash: '0123456789ab' } });
const items = [
  thumbnailOf(source),
  thumbnailOf(source, {
    variant: 'large',
    key: 'uploads/canyon.jpg/large.webp',
    format: 'webp',
    width: 1600,
    height: 1200,
    bytes: 123_456,
  }),
];

test('a mail whose readers could not open the URLs of thumbnails links to S3 instead', async () => {
  const { ports, seen } = world({ opensUrls: false });
  const url = 'https://d111111abcdef8.cloudfront.net/uploads/canyon.jpg/thumbnail.jpg?v=0123456789';
  await notify(inputFor(image, [thumbnailOf(source, { url })], false), ports, NOW);
  const { default: json, email } = JSON.parse((seen.published[0] as Publication).Message);
  expect(email).toContain(`${S3}thumbnail-workflow-thumbnails-111122223333-us-east-1?`);
  expect(email).not.toContain('cloudfront.net');
  // A program may sign it.
  expect(JSON.parse(json).thumbnails[0].url).toBe(url);
});

describe('the message', () => {
  test('is exactly what subscribers rely on', async () => {
    const { Message, ...rest } = await published(image, items);
    expect(rest).toEqual({
      Subject: 'canyon.jpg: 2 thumbnails ready',
      MessageStructure: 'json',
      MessageAttributes: {
        status: { DataType: 'String', StringValue: 'DONE' },
        format: { DataType: 'String', StringValue: 'jpeg' },
        prefix: { DataType: 'String', StringValue: 'uploads/' },
      },
    });
    const parts = JSON.parse(Message);
    expect(Object.keys(parts)).toEqual(['default', 'email']);
    expect(JSON.parse(parts.default)).toEqual({
      schema: 1,
      status: 'DONE',
      dedupeId: dedupeId(source, 'DONE'),
      source: {
        bucket: 'thumbnail-workflow-uploads-111122223333-us-east-1',
        key: 'uploads/canyon.jpg',
        version: 'version-5',
        etag: 'etag-5',
        sequencer: '00000000000000000000000000000005',
        format: 'jpeg',
        width: 4000,
        height: 3000,
        frames: 1,
        bytes: 466_123,
      },
      preset: { name: 'web', hash: '0123456789ab' },
      thumbnails: [
        {
          variant: 'thumbnail',
          bucket: 'thumbnail-workflow-thumbnails-111122223333-us-east-1',
          key: 'uploads/canyon.jpg/thumbnail.jpg',
          format: 'jpeg',
          width: 200,
          height: 150,
          bytes: 9_876,
        },
        {
          variant: 'large',
          bucket: 'thumbnail-workflow-thumbnails-111122223333-us-east-1',
          key: 'uploads/canyon.jpg/large.webp',
          format: 'webp',
          width: 1600,
          height: 1200,
          bytes: 123_456,
        },
      ],
      execution: EXECUTION,
      time: '2026-03-12T02:08:00.000Z',
    });
    expect(parts.email).toBe(
      `The thumbnails of s3://thumbnail-workflow-uploads-111122223333-us-east-1/uploads/canyon.jpg are ready.

  thumbnail: 200 x 150 jpeg, 9.88 KB
    ${S3}thumbnail-workflow-thumbnails-111122223333-us-east-1?region=us-east-1&prefix=uploads%2Fcanyon.jpg%2Fthumbnail.jpg
  large: 1600 x 1200 webp, 123 KB
    ${S3}thumbnail-workflow-thumbnails-111122223333-us-east-1?region=us-east-1&prefix=uploads%2Fcanyon.jpg%2Flarge.webp

Source:    4000 x 3000 jpeg, 466 KB
           ${S3}thumbnail-workflow-uploads-111122223333-us-east-1?region=us-east-1&prefix=uploads%2Fcanyon.jpg
Version:   version-5
Preset:    web
Record:    thumbnail-workflow-uploads-111122223333-us-east-1/uploads/canyon.jpg
Execution: ${EXECUTION}
           ${EXECUTION_LINK}
`,
    );
  });

  test('has the details for machines, and not in the mail', async () => {
    const { default: json, email } = JSON.parse((await published(image, items, undefined, DETAILS)).Message);
    expect(JSON.parse(json)).toMatchObject({ status: 'DONE', ...DETAILS });
    expect(email).toBe(JSON.parse((await published(image, items)).Message).email);
  });

  test('shows a URL, if there is one, instead of the key in S3, for lazy variants too', async () => {
    const url = (file: string) => `https://cdn.example.com/uploads/canyon.jpg/${file}?v=0123456789`;
    const made = [thumbnailOf(source, { url: url('thumbnail.jpg') })];
    const { bytes: _, ...offer } = { ...(items[1] as Thumbnail), url: url('large.webp') };
    const { Message } = await published(image, made, [offer]);
    const { default: json, email } = JSON.parse(Message);
    expect(JSON.parse(json)).toMatchObject({ thumbnails: made, onRequest: [offer] });
    expect(email).toContain(`
  thumbnail: 200 x 150 jpeg, 9.88 KB
    ${url('thumbnail.jpg')}
  large: 1600 x 1200 webp, made on first request
    ${url('large.webp')}

Source:`);
  });

  test('says that an animation is shown by its first frame', async () => {
    const { Message } = await published(imageOf(source, { format: 'gif', frames: 24 }));
    expect(JSON.parse(Message).email).toContain('4000 x 3000 gif, 466 KB, first of 24 frames\n');
  });

  test('says which thumbnails move, and why one does not', async () => {
    const gif = imageOf(source, { format: 'gif', frames: 24 });
    const moving = thumbnailOf(source, { animated: true });
    const note = 'The thumbnail shows one frame of 24, because it is too much work.';
    const { default: json, email } = JSON.parse(
      (await published(gif, [moving, thumbnailOf(source, { variant: 'large', note })])).Message,
    );
    expect(JSON.parse(json).thumbnails).toMatchObject([{ animated: true }, { note }]);
    expect(email).toContain('thumbnail: 200 x 150 jpeg, animated, 9.88 KB\n');
    expect(email).toContain(`prefix=uploads%2Fcanyon.jpg%2Fthumbnail.jpg\n    ${note}\n`);
    expect(email).toContain('4000 x 3000 gif, 466 KB, 24 frames\n');
  });

  test('names the etag if the source has no version', async () => {
    const { Message } = await published(imageOf(sourceAt(5, { version: null })));
    expect(JSON.parse(Message).email).toContain('Version:   etag-5\n');
    expect(JSON.parse(JSON.parse(Message).default).source).toMatchObject({ version: null, etag: 'etag-5' });
  });

  test('has the same dedupe id each time and another for another version', async () => {
    const id = async (n: number) =>
      JSON.parse(JSON.parse((await published(imageOf(sourceAt(n)))).Message).default).dedupeId;
    expect(await id(5)).toBe(await id(5));
    expect(await id(5)).not.toBe(await id(6));
  });

  test('is valid for SNS whatever the key: fixed subject, legal text and attributes, the whole key in the JSON', async () => {
    const key = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(key, async (key) => {
        const named = sourceAt(5, { key });
        const { Subject, Message, MessageAttributes } = await published(imageOf(named), [thumbnailOf(named)]);
        expect(Subject).toMatch(/^[\x20-\x7e]{1,100}$/);
        const { default: json, email } = JSON.parse(Message);
        expect(JSON.parse(json).source.key).toBe(key);
        expect(json + email).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
        expect(email.split('\n')).toHaveLength(13);
        for (const { StringValue } of Object.values(MessageAttributes)) {
          expect(StringValue).toMatch(/^[\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is within the 256 KB of SNS for the most thumbnails with the longest keys', async () => {
    const longest = sourceAt(5, { key: '"'.repeat(1024) }); // twice escaped: the key that takes the most room
    const url = thumbnailUrl(`https://${'d'.repeat(253)}`, longest.key, longest, '0123456789ab');
    const many = Array.from({ length: 20 }, () => thumbnailOf(longest, { key: longest.key, url }));
    const text = '"'.repeat(100);
    const { placeholders } = DETAILS;
    const most = {
      placeholders: { ...placeholders, blurDataURL: 'x'.repeat(240) },
      exif: { ...DETAILS.exif, camera: text, lens: text },
    };
    const { Message, MessageAttributes } = await published(imageOf(longest), many, undefined, most);
    expect(Buffer.byteLength(Message + JSON.stringify(MessageAttributes))).toBeLessThan(256 * 1024);
  });
});

describe('notifying people', () => {
  test('is noted in the record after it is done', async () => {
    const { ports, seen } = world();
    expect(await notify(inputFor(image, items), ports, NOW)).toEqual({
      schema: 1,
      messageId: '567910cd-659e-55d4-8ccb-5aaf14679dc0',
    });
    expect(seen.steps).toEqual(['publish', 'mark']);
  });

  test('does not happen again if an earlier run for this version has done it', async () => {
    const { ports, seen } = world();
    expect(await notify(inputFor(image, items, true), ports, NOW)).toEqual({ schema: 1, messageId: null });
    expect(seen.steps).toEqual([]);
  });

  test('is not noted in the record if it failed', async () => {
    const fault = new Error('no topic');
    const { ports, seen } = world({ publish: () => Promise.reject(fault) });
    await expect(notify(inputFor(image, items), ports, NOW)).rejects.toBe(fault);
    expect(seen.steps).toEqual([]);
  });

  test('is repeated with the same dedupe id if noting it failed', async () => {
    const { ports, seen } = world({ markNotified: () => Promise.reject(new Error('throttled')) });
    await expect(notify(inputFor(image, items), ports, NOW)).rejects.toThrow('throttled');
    await expect(notify(inputFor(image, items), ports, NOW)).rejects.toThrow('throttled');
    expect(seen.published[0]).toEqual(seen.published[1]);
  });
});

describe('an event, if the settings ask for events,', () => {
  const announce: NotifyPorts['announce'] = (message) => ({ event: detailOf(message, 'pics') });

  test.each([
    ['once people are notified', false],
    ['also in a repeated run, which notifies nobody', true],
  ])('says what the message says, %s', async (_, notified) => {
    const { ports, seen } = world({ announce });
    const { event } = await notify(inputFor(image, items, notified), ports, NOW);
    const { Message } = await published(image, items);
    const { schema, ...message } = JSON.parse(JSON.parse(Message).default);
    expect(event).toEqual({ version: '1', namePrefix: 'pics', ...message });
    expect(seen.published).toHaveLength(notified ? 0 : 1);
  });

  test('leaves the execution within the 256 KiB of Step Functions for the most thumbnails with the longest keys', async () => {
    const longest = sourceAt(5, { key: '"'.repeat(1024) });
    const url = thumbnailUrl(`https://${'d'.repeat(253)}`, longest.key, longest, '0123456789ab');
    const many = Array.from({ length: 20 }, () => thumbnailOf(longest, { key: longest.key, url }));
    const input = inputFor(imageOf(longest), many);
    const notification = await notify(input, world({ announce }).ports, NOW);
    expect(Buffer.byteLength(JSON.stringify({ ...input, notification }))).toBeLessThan(256 * 1024);
  });
});
