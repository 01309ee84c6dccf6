import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePattern } from '../../../local-aws/events/pattern';
import { createdPattern, deletedPattern } from '../../../stacks/events/patterns';
import { only, readable, synthesize } from '../synthesized';

const keys = (prefix: string, suffixes: string[]) => ({ prefix, suffixes });
const keyMatchers = (prefix: string, suffixes: string[]) =>
  createdPattern('bucket', keys(prefix, suffixes)).detail.object.key;

describe('the event patterns', () => {
  test('match a created object of the bucket that ends in a suffix in any letter case', () => {
    expect(createdPattern('bucket', keys('', ['jpg', 'png']))).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: ['bucket'] },
        object: {
          key: [{ suffix: { 'equals-ignore-case': '.jpg' } }, { suffix: { 'equals-ignore-case': '.png' } }],
        },
      },
    });
  });

  test('match a deletion by the same key', () => {
    expect(deletedPattern('bucket', keys('', ['jpg']))).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Deleted'],
      detail: {
        bucket: { name: ['bucket'] },
        object: { key: [{ suffix: { 'equals-ignore-case': '.jpg' } }] },
      },
    });
  });

  test('match every key below a prefix: with the suffixes, EventBridge would find the rule too complex', () => {
    expect(keyMatchers('photos/', ['jpg', 'png'])).toEqual([{ prefix: 'photos/' }]);
  });
});

test.each([
  ['prefix', { prefix: '"'.repeat(512), suffixes: ['jpg'] }],
  ['suffixes', { prefix: '', suffixes: Array(30).fill('longsuffix') }],
])(
  'a pattern with the longest %s that the settings take fits the 2,048 characters of EventBridge',
  (_what, longest) => {
    expect(JSON.stringify(createdPattern('b'.repeat(63), longest)).length).toBeLessThanOrEqual(2_048);
  },
);

describe('of the events that S3 sends', () => {
  const folder = join(__dirname, '../../fixtures/events');
  const events = readdirSync(folder).map((name): [string, ReturnType<typeof event>] => [name, event(name)]);
  const bucket = 'thumbnail-workflow-uploads-111122223333-us-east-1';
  const compiled = (prefix = '', suffixes = ['jpg', 'jpeg', 'png'], of = bucket) => ({
    created: compilePattern(createdPattern(of, keys(prefix, suffixes))),
    deleted: compilePattern(deletedPattern(of, keys(prefix, suffixes))),
  });

  function event(name: string) {
    return JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      detail: { object: { key: string; size?: number } };
    };
  }

  function change(name: string, object: { key?: string; size?: number }) {
    const { detail, ...rest } = event(name);
    return { ...rest, detail: { ...detail, object: { ...detail.object, ...object } } };
  }

  test.each(events)('%s matches the rule for its type and no other', (name, sent) => {
    const { created, deleted } = compiled();
    expect([created(sent), deleted(sent)]).toEqual(name.includes('created') ? [true, false] : [false, true]);
  });

  test.each(events)('%s matches neither rule of another bucket, prefix or suffix', (_name, sent) => {
    for (const others of [
      compiled('', ['jpg', 'jpeg', 'png'], 'another'),
      compiled('other/'),
      compiled('', ['gif']),
    ]) {
      expect([others.created(sent), others.deleted(sent)]).toEqual([false, false]);
    }
  });

  test('those below the prefix match, whatever their names', () => {
    const { created, deleted } = compiled('uploads/');
    for (const key of ['uploads/a.jpg', 'uploads/a.JPG', 'uploads/a.txt', 'uploads/x/y.jpg']) {
      expect(created(change('object-created-put.json', { key }))).toBe(true);
      expect(deleted(change('object-deleted-permanently.json', { key }))).toBe(true);
    }
    expect(deleted(change('object-deleted-permanently.json', { key: 'elsewhere/a.jpg' }))).toBe(false);
  });

  test('an empty object that is named like an image starts an execution, and a folder made in the console does not', () => {
    const { created } = compiled();
    expect(created(change('object-created-put.json', { size: 0 }))).toBe(true);
    expect(created(change('object-created-put.json', { key: 'x/', size: 0 }))).toBe(false);
    expect(created(change('object-created-put.json', { key: 'photos.jpg/', size: 0 }))).toBe(false);
  });
});

describe('the rules', () => {
  const { resource } = synthesize();
  const block = (type: string, id: string) => only(readable(resource[type]!), `object-events_${id}`);
  const uploads = {
    prefix: '',
    suffixes: [
      ...['jpg', 'jpeg', 'jfif', 'jpe', 'pjpeg', 'pjp', 'png', 'apng', 'webp', 'gif'],
      ...['heic', 'heif', 'avif', 'tif', 'tiff', 'bmp', 'svg'],
    ],
  };

  test('match events of the uploads bucket', () => {
    expect(JSON.parse(block('aws_cloudwatch_event_rule', 'created-rule')['event_pattern'])).toEqual(
      createdPattern('<uploads-bucket.bucket>', uploads),
    );
    expect(JSON.parse(block('aws_cloudwatch_event_rule', 'deleted-rule')['event_pattern'])).toEqual(
      deletedPattern('<uploads-bucket.bucket>', uploads),
    );
  });

  test.each(['created', 'deleted'])(
    'start the state machine by their role, try for 24 hours, and then keep the event in the queue: %s',
    (name) => {
      expect(block('aws_cloudwatch_event_target', `${name}-target`)).toEqual({
        rule: `<object-events_${name}-rule.name>`,
        target_id: 'state-machine',
        arn: '<state-machine.arn>',
        role_arn: '<object-events_role.arn>',
        retry_policy: { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 },
        dead_letter_config: { arn: '<object-events_dead-letter-queue.arn>' },
        depends_on: [
          expect.stringContaining('object-events_role_policy'),
          expect.stringContaining('object-events_dead-letter-queue_policy'),
        ],
      });
    },
  );

  test('have a queue that they may send to', () => {
    expect(block('aws_sqs_queue', 'dead-letter-queue')['name']).toBe('thumbnail-workflow-dead-letters');
    expect(block('aws_sqs_queue_policy', 'dead-letter-queue')).toEqual({
      queue_url: '<object-events_dead-letter-queue.url>',
      policy: '<object-events_dead-letter-queue_access.json>',
    });
  });
});
