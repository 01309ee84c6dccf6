import { ONLY } from '../../../contract/backfill';
import type { ImageRecord } from '../../../contract/record';
import { type Decision, decide } from '../../../functions/backfill/decide';
import { NOW, sourceAt, thumbnailOf } from '../support';

const source = sourceAt(1);
const current = { version: source.version, etag: source.etag, size: 466_123 };
const wanted = {
  settingsHash: 'of-now',
  presetHash: '0123456789ab',
  eager: ['thumbnail'],
  execution: 'run_1',
};

const record = (changes: Partial<ImageRecord>): ImageRecord => ({
  id: `${source.bucket}/${source.key}`,
  ...source,
  status: 'DONE',
  preset: { name: 'default', hash: '0123456789ab' },
  settingsHash: 'of-now',
  thumbnails: [thumbnailOf(source)],
  execution: 'arn:aws:states:us-east-1:111122223333:express:workflow:other:1',
  updatedAt: '2026-03-12T02:00:00.000Z',
  ...changes,
});

const corrupt = { name: 'CorruptImage', message: 'It was cut off.' };
const failed = (changes: Partial<ImageRecord> = {}) =>
  record({ status: 'FAILED', error: corrupt, thumbnails: undefined, preset: undefined, ...changes });
const lastError = { ...corrupt, execution: 'e', time: '2026-03-12T02:00:00.000Z' };

/** Which choices work on an image, as `all missing`. */
function choicesFor(found: ImageRecord | null, object: typeof current | null = current): string {
  const decisions = ONLY.map((only) => [only, decide(object, found, { ...wanted, only }, NOW)] as const);
  return decisions
    .filter(([, { make }]) => make)
    .map(([only]) => only)
    .join(' ');
}

const whyNot = (found: ImageRecord | null, object: typeof current | null = current) => {
  const decision: Decision = decide(object, found, { ...wanted, only: 'all' }, NOW);
  return decision.make ? 'make' : decision.why;
};

test.each<[string, ImageRecord | null, string]>([
  ['has no record', null, 'all missing'],
  [
    'was left PROCESSING by an execution that died',
    record({ status: 'PROCESSING', updatedAt: '2026-03-12T01:50:00.000Z' }),
    'all missing',
  ],
  [
    'was left PROCESSING by an execution that died, after an earlier run had failed',
    record({ status: 'PROCESSING', updatedAt: '2026-03-12T01:50:00.000Z', lastError }),
    'all missing',
  ],
  [
    'is PROCESSING by an execution that this run began, whose child died',
    record({
      status: 'PROCESSING',
      execution: 'arn:aws:states:us-east-1:111122223333:express:workflow:run_1:2',
      updatedAt: '2026-03-12T02:07:00.000Z',
    }),
    'all missing',
  ],
  [
    'has been PROCESSING for longer than an execution lives',
    record({ status: 'PROCESSING', updatedAt: '2026-03-12T02:02:00.000Z' }),
    'all missing',
  ],
  [
    'was made with earlier settings, and failed with those of now for a reason that is not its own',
    record({
      settingsHash: 'earlier',
      lastError: { ...lastError, name: 'AccessDenied', settingsHash: 'of-now' },
    }),
    'all stale failed',
  ],
  [
    'has no list of thumbnails, nor a preset',
    record({ thumbnails: undefined, settingsHash: undefined, preset: undefined }),
    'all stale',
  ],
  [
    'has only another variant than the one that is made at upload',
    record({ thumbnails: [thumbnailOf(source, { variant: 'large' })] }),
    'all stale',
  ],
  [
    'failed for a reason that is not its own',
    failed({ error: { name: 'AccessDenied', message: '' } }),
    'all missing failed',
  ],
  ['was made with other settings', record({ settingsHash: 'earlier' }), 'all stale'],
  [
    'was made with other variants before the stack had backfills',
    record({ settingsHash: undefined, preset: { name: 'default', hash: 'earlier' } }),
    'all stale',
  ],
  ['has a variant on request only, that is made at upload by now', record({ thumbnails: [] }), 'all stale'],
  ['was refused with other settings', failed({ settingsHash: 'earlier' }), 'all stale failed'],
  ['was refused before the stack had backfills', failed({ settingsHash: undefined }), 'all stale failed'],
  ['was refused with the settings of now', failed(), 'failed'],
  [
    'has thumbnails of earlier settings, and failed with those of now',
    record({ settingsHash: 'earlier', lastError: { ...lastError, settingsHash: 'of-now' } }),
    'failed',
  ],
  [
    'has thumbnails of earlier settings, and failed with these too',
    record({ settingsHash: 'earlier', lastError: { ...lastError, settingsHash: 'earlier' } }),
    'all stale failed',
  ],
  ['is done', record({}), ''],
  ['was done before the stack had backfills', record({ settingsHash: undefined }), ''],
])('an image that %s is worked on by: %#', (_, found, expected) => {
  expect(choicesFor(found)).toBe(expected);
});

test.each<[string, ImageRecord | null, typeof current | null, string]>([
  ['is done', record({}), current, 'done'],
  ['was refused with the settings of now', failed(), current, 'failedBefore'],
  [
    'has thumbnails of earlier settings, and failed with those of now',
    record({ settingsHash: 'earlier', lastError: { ...lastError, settingsHash: 'of-now' } }),
    current,
    'failedBefore',
  ],
  ['is gone', record({}), null, 'gone'],
  ['is recorded as deleted', record({ status: 'DELETED', etag: undefined }), current, 'superseded'],
  ['is recorded as deleted, although it is the same', record({ status: 'DELETED' }), current, 'superseded'],
  [
    'has been PROCESSING for almost as long as an execution lives',
    record({ status: 'PROCESSING', updatedAt: '2026-03-12T02:02:00.001Z' }),
    current,
    'busy',
  ],
  [
    'is PROCESSING again after it failed',
    record({ status: 'PROCESSING', updatedAt: '2026-03-12T02:07:00.000Z', lastError }),
    current,
    'busy',
  ],
  ['has another version recorded', record({ version: 'version-0' }), current, 'superseded'],
  [
    'has other content recorded, in a bucket without versions',
    record({ version: null, etag: 'other' }),
    { ...current, version: null as never },
    'superseded',
  ],
  [
    'is being processed',
    record({ status: 'PROCESSING', updatedAt: '2026-03-12T02:07:00.000Z' }),
    current,
    'busy',
  ],
])('an image that %s is left alone, and the reason is counted', (_, found, object, why) => {
  expect(whyNot(found, object)).toBe(why);
});

test('the failure of an image that is left alone goes into the report', () => {
  expect(decide(current, failed(), { ...wanted, only: 'all' }, NOW)).toMatchObject({ failure: corrupt });
});

test('an image that is done in spite of an earlier failure has nothing to report', () => {
  const recovered = record({ lastError: { ...lastError, settingsHash: 'earlier' } });
  expect(decide(current, recovered, { ...wanted, only: 'all' }, NOW)).toEqual({ make: false, why: 'done' });
});

test('an image that a choice leaves out is not asked for', () => {
  const stale = record({ settingsHash: 'earlier' });
  expect(decide(current, stale, { ...wanted, only: 'missing' }, NOW)).toEqual({
    make: false,
    why: 'unwanted',
  });
  expect(decide(current, record({}), { ...wanted, only: 'missing' }, NOW)).toMatchObject({ why: 'done' });
});

test('every variant that is made at upload has to be there', () => {
  const half = record({ thumbnails: [thumbnailOf(source)] });
  const both = { ...wanted, only: 'all' as const, eager: ['thumbnail', 'large'] };
  expect(decide(current, half, both, NOW)).toEqual({ make: true });
});
