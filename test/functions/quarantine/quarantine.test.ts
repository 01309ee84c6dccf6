import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { Superseded } from '../../../contract/errors';
import type { ObjectEvent } from '../../../contract/event';
import { detailOf } from '../../../contract/messages/outcome-event';
import { tookTooLong, tooLarge } from '../../../contract/messages/too-large';
import type { ImageRecord } from '../../../contract/record';
import { recordId, sourceOf } from '../../../contract/source';
import type { CaughtError, ExecutionState } from '../../../contract/states';
import { dedupeId } from '../../../functions/lib/records/dedupe-id';
import type { Outcome } from '../../../functions/lib/records/records';
import { fail, failAgain, type Update } from '../../../functions/lib/records/updates';
import { type Announcer, SILENT } from '../../../functions/lib/runtime/announcer';
import {
  type Copy,
  describe as describeError,
  type QuarantinePorts,
  quarantine,
} from '../../../functions/quarantine/quarantine';
import { anyCharacter } from '../../fixtures/characters';
import { withLatePorts } from '../late-calls';
import { created, EXECUTION, EXECUTION_LINK, NOW } from '../support';

/** An error of a Node.js function, as Step Functions catches it. */
const caught: CaughtError = {
  Error: 'UnsupportedFormat',
  Cause: JSON.stringify({
    errorType: 'UnsupportedFormat',
    errorMessage: 'Expected a JPEG or PNG image but received plain text. Convert it and upload it again.',
    trace: [
      'UnsupportedFormat: Expected a JPEG or PNG image',
      '    at Runtime.handler (/var/task/index.js:1:2)',
    ],
  }),
};
const reason = {
  name: 'UnsupportedFormat',
  message: 'Expected a JPEG or PNG image but received plain text. Convert it and upload it again.',
};
const kept: Copy = {
  quarantine: { bucket: 'thumbnail-workflow-quarantine', key: 'uploads/canyon.jpg' },
  note: null,
};

function run({
  event = created(),
  error = caught,
  copy = kept,
  outcome = { applied: true, before: null } as Outcome,
  /** Of the update after the first one; the same if left out. */
  afterwards = undefined as Outcome | undefined,
  state = {} as Partial<ExecutionState>,
  announce = SILENT as Announcer,
  execution = EXECUTION,
  runbook = undefined as string | undefined,
} = {}) {
  const seen = {
    copies: [] as unknown[],
    updates: [] as Update[],
    removed: [] as string[],
    counted: [] as string[],
  };
  const ports: QuarantinePorts = {
    copy: async (source, name) => {
      seen.copies.push([source, name]);
      return copy;
    },
    apply: async (update) => {
      seen.updates.push(update);
      return (seen.updates.length > 1 && afterwards) || outcome;
    },
    count: (name) => {
      seen.counted.push(name);
    },
    removeBefore: async (sequencer, key) => {
      seen.removed.push(`${sequencer} ${key}`);
    },
    announce,
  };
  const answer = withLatePorts(ports, (late) =>
    quarantine({ execution, state: { ...event, ...state, error } }, late, NOW, runbook),
  );
  return { answer, seen };
}

const DONE = { schema: 1, id: 'b/k', status: 'DONE', notified: false } as const;

describe('what failed', () => {
  test('is kept with the name of the error and recorded as FAILED with its reason', async () => {
    const { answer, seen } = run();
    await answer;
    const source = sourceOf(created());
    expect(seen.copies).toEqual([[source, 'UnsupportedFormat']]);
    expect(seen.updates).toEqual([
      fail(source, { error: reason, quarantine: null }, EXECUTION, NOW),
      fail(source, { error: reason, ...kept }, EXECUTION, NOW),
    ]);
  });

  test('takes each step only when the one before is done, and answers when all are', async () => {
    const log: string[] = [];
    /** Finishes later than a caller would go on that doesn't wait for it. */
    const step = async <Result>(name: string, result: Result): Promise<Result> => {
      log.push(`begin ${name}`);
      await setImmediate();
      log.push(`end ${name}`);
      return result;
    };
    const before = { thumbnailKeys: new Set(['a.jpg/thumbnail.jpg']) } as ImageRecord;
    await quarantine(
      { execution: EXECUTION, state: { ...created(), error: caught } },
      {
        copy: () => step('copy', kept),
        apply: () => step<Outcome>('record', { applied: true, before }),
        count: () => {},
        removeBefore: () => step('remove', undefined),
        announce: SILENT,
      },
      NOW,
    );
    const steps = ['record', 'remove', 'copy', 'record'];
    expect(log).toEqual(steps.flatMap((name) => [`begin ${name}`, `end ${name}`]));
  });

  test.each([
    ['the first time', {}, ['UnsupportedFormat']],
    ['again after a replay has claimed it', { status: 'PROCESSING' as const }, ['UnsupportedFormat']],
    ['not again if the attempt is repeated', { status: 'FAILED' as const }, []],
    ['for each version', { status: 'FAILED' as const, sequencer: '0'.repeat(32) }, ['UnsupportedFormat']],
  ])('counts %s', async (_, changes, counted) => {
    const before = { ...sourceOf(created()), status: 'PROCESSING', ...changes } as ImageRecord;
    const { answer, seen } = run({ outcome: { applied: true, before } });
    await answer;
    expect(seen.counted).toEqual(counted);
  });

  test.each([
    ['which no execution has counted', true, { execution: 'on request: b1c4' }, ['UnsupportedFormat']],
    ['of an image without a record', true, null, ['UnsupportedFormat']],
    ['whose execution is repeated', true, { execution: EXECUTION }, []],
    ['that a newer run has overtaken', false, { execution: 'on request: b1c4' }, []],
  ])('counts a failure that Render found, %s, at most once', async (_, applied, changes, counted) => {
    const record = { ...sourceOf(created()), status: 'FAILED', ...changes } as ImageRecord;
    const outcome: Outcome = applied
      ? { applied, before: changes && record }
      : { applied, current: { ...record, sequencer: 'F'.repeat(32) } };
    const { answer, seen } = run({ error: { ...caught, OnRequest: true }, outcome });
    await answer.catch(() => {});
    expect(seen.counted).toEqual(counted);
  });

  test('removes the thumbnails of earlier versions, which show what is no longer there', async () => {
    const source = sourceOf(created());
    const before = { thumbnailKeys: new Set(['a.jpg/thumbnail.jpg', 'a.jpg/thumbnail.webp']) } as ImageRecord;
    const { answer, seen } = run({ outcome: { applied: true, before } });
    await answer;
    expect(seen.removed).toEqual([
      `${source.sequencer} a.jpg/thumbnail.jpg`,
      `${source.sequencer} a.jpg/thumbnail.webp`,
    ]);
  });

  test('is only reported if thumbnails and record are there and the processed topic was not notified', async () => {
    const { answer, seen } = run({ state: { record: DONE } });
    const { text, message } = await answer;
    expect(seen).toEqual({ copies: [], updates: [], removed: [], counted: ['UnsupportedFormat'] });
    expect(message).toMatchObject({ consequence: 'NOT_NOTIFIED', quarantine: null });
    expect(text).toContain('are made and recorded, but the processed topic was not notified.');
    expect(text).toContain('npm run replay -- --key=uploads/canyon.jpg');
  });

  test.each([
    ['ready', { record: DONE, notification: { schema: 1 as const, messageId: null } }, 'about them'],
    [
      'removed',
      {
        'detail-type': 'Object Deleted' as const,
        removal: { schema: 1 as const, outcome: 'REMOVED' as const },
      },
      'about that',
    ],
  ])('is only reported if thumbnails are %s and EventBridge accepted no event', async (_, state, end) => {
    const { answer, seen } = run({ state, error: { Error: 'EventBridge.FailedEntry', Cause: '{}' } });
    const { text, message } = await answer;
    expect(seen).toEqual({ copies: [], updates: [], removed: [], counted: ['EventBridge.FailedEntry'] });
    expect(message).toMatchObject({ consequence: 'NOT_NOTIFIED', quarantine: null });
    expect(text).toContain(`but EventBridge accepted no event ${end}.`);
    expect(text).toContain(
      'To put the event on the bus, fix the cause first, then run:\n\n  npm run replay -- ',
    );
  });

  test('is announced with what the message says, if the settings ask for events', async () => {
    expect(await run().answer).not.toHaveProperty('event');
    const { message, event } = await run({
      announce: (said) => ({ event: detailOf(said, 'pics') }),
    }).answer;
    const { schema, ...rest } = message;
    expect(event).toEqual({ version: '1', namePrefix: 'pics', ...rest });
  });

  test.each([
    ['ready', 'canyon.jpg is done but not announced: EventBridge.FailedEntry'],
    ['removed', 'canyon.jpg is deleted but not announced: EventBridge.FailedEntry'],
  ])('names in the subject what was not announced: %s', async (outcome, subject) => {
    const state: Partial<ExecutionState> =
      outcome === 'ready'
        ? { record: DONE, notification: { schema: 1, messageId: null } }
        : { removal: { schema: 1, outcome: 'REMOVED' } };
    const answer = await run({ state, error: { Error: 'EventBridge.FailedEntry', Cause: '{}' } }).answer;
    expect(answer.subject).toBe(subject);
  });

  test('says what usually makes a function run out of time, and links the runbook of the settings', async () => {
    const error = {
      Error: 'Sandbox.Timedout',
      Cause: '{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out after 20.00 seconds"}',
    };
    const { text } = await run({ error, runbook: 'https://git.example/operations.md' }).answer;
    expect(text).toContain(
      'Reason:    Sandbox.Timedout\n           Task timed out after 20.00 seconds\n           Usually the function has too little memory,',
    );
    expect(text).toContain('\nRunbook:   https://git.example/operations.md#lambdaunknown-sandboxtimedout-');
  });

  test('in the local engine has no links to the console of AWS, which would show nothing', async () => {
    const execution = EXECUTION.replace('111122223333', '000000000000');
    expect((await run({ execution }).answer).text).not.toContain('console.aws.amazon.com');
  });

  test('says to fix the cause before the replay, if the image is not at fault', async () => {
    const { text } = await run({ error: { Error: 'AccessDeniedException', Cause: 'not authorized' } }).answer;
    expect(text).toContain('Fix the cause first, then run:\n\n  npm run replay -- --key=');
  });

  test('is only reported if a deletion was not followed', async () => {
    const { answer, seen } = run({ state: { 'detail-type': 'Object Deleted' } });
    const { text, message } = await answer;
    expect(seen).toEqual({ copies: [], updates: [], removed: [], counted: ['UnsupportedFormat'] });
    expect(message).toMatchObject({ consequence: 'NOT_REMOVED', quarantine: null });
    expect(text).toContain('was deleted, but its thumbnails were not removed.');
    expect(text).toContain('npm run replay -- --key=uploads/canyon.jpg');
  });

  test('is a mail with exactly what subscribers rely on: file, reason and location of the copy', async () => {
    const source = sourceOf(created());
    expect(await run().answer).toEqual({
      schema: 1,
      subject: 'canyon.jpg failed: UnsupportedFormat',
      error: 'UnsupportedFormat',
      prefix: 'uploads/',
      text: `No thumbnails were made of s3://thumbnail-workflow-uploads-111122223333-us-east-1/uploads/canyon.jpg.

Reason:    UnsupportedFormat
           Expected a JPEG or PNG image but received plain text. Convert it and upload it again.
Version:   IYV3p45BT0ac8hjHg1houSdS1a.Mro8e
Copy:      s3://thumbnail-workflow-quarantine/uploads/canyon.jpg
           https://us-east-1.console.aws.amazon.com/s3/object/thumbnail-workflow-quarantine?region=us-east-1&prefix=uploads%2Fcanyon.jpg
Execution: ${EXECUTION}
           ${EXECUTION_LINK}
Runbook:   docs/operations.md#unsupportedformat

The same bytes will fail again: upload a better image. If a setting refused it, change the setting, deploy, and run:

  npm run replay -- --key=uploads/canyon.jpg
`,
      message: {
        schema: 1,
        status: 'FAILED',
        consequence: 'NOT_MADE',
        dedupeId: dedupeId(source, 'FAILED'),
        source: {
          bucket: 'thumbnail-workflow-uploads-111122223333-us-east-1',
          key: 'uploads/canyon.jpg',
          version: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
          etag: 'b1946ac92492d2347c6235b4d2611184',
          sequencer: '000000000000000069B21FFD0745EE4E',
        },
        error: reason,
        quarantine: { bucket: 'thumbnail-workflow-quarantine', key: 'uploads/canyon.jpg' },
        note: null,
        execution: EXECUTION,
        time: '2026-03-12T02:08:00.000Z',
      },
    });
  });

  test.each([
    [
      'ImageTooLarge',
      tooLarge('pixels', 120, 100),
      'To accept this one, raise `limits.pixels` in the settings',
    ],
    [
      'ImageTooLarge',
      tooLarge('bytes', 120, 100),
      'To accept this one, raise `limits.bytes` in the settings',
    ],
    [
      'ImageTooLarge',
      tooLarge('memory', 120, 100),
      'To accept this one, raise `functions.thumbnail.memoryMb` in the settings',
    ],
    [
      'UnsupportedFormat',
      'Only JPEG images are accepted; this file is an AVIF image. Convert it and upload it again.',
      'To accept this format, add it to `accept` in the settings',
    ],
    [
      'UnsupportedFormat',
      'Only JPEG images are accepted; this file is a HEIC image (iPhone photo). Convert it and upload it again.',
      'To accept this format, add it to `accept` in the settings',
    ],
    [
      'ImageTooLarge',
      tookTooLong(18_000),
      'To accept this one, raise `functions.thumbnail.timeoutSeconds` in the settings',
    ],
    [
      'UnsupportedFormat',
      'Only JPEG images are accepted; this file is plain text. Convert it and upload it again.',
      'If a setting refused it, change the setting',
    ],
    ['CorruptImage', 'The JPEG is damaged.', 'If a setting refused it, change the setting'],
  ])('of %s with the message %j is a mail that says: %s', async (name, message, advice) => {
    const error = { Error: name, Cause: JSON.stringify({ errorType: name, errorMessage: message }) };
    const answer = await run({ error }).answer;
    expect(answer.text).toContain(`upload a better image. ${advice}, deploy, and run:\n\n  npm run replay`);
    expect(answer.message.error).toEqual({ name, message });
  });

  test('is reported without a copy if there is none, with the reason', async () => {
    const note = 'no copy: the original was deleted in the meantime';
    const { answer, seen } = run({ copy: { quarantine: null, note } });
    const { text, message } = await answer;
    expect(text).toContain(`Copy:      ${note}\n`);
    expect(message).toMatchObject({ quarantine: null, note });
    expect(seen.updates[1]?.ExpressionAttributeValues).toMatchObject({ ':quarantine': null, ':note': note });
  });

  test.each([undefined, 'not hexadecimal'])(
    'is reported even if the event does not name a version (sequencer %j); there is nothing to keep or record',
    async (sequencer) => {
      const { answer, seen } = run({ event: created({ sequencer }) });
      const { text, message, prefix } = await answer;
      expect(seen).toEqual({ copies: [], updates: [], removed: [], counted: ['UnsupportedFormat'] });
      expect(prefix).toBe('uploads/');
      expect(text).toContain('/uploads/canyon.jpg.');
      expect(text).toContain('the event names no object version');
      expect(text).not.toContain('npm run');
      expect(message).toMatchObject({
        dedupeId: EXECUTION,
        source: { key: 'uploads/canyon.jpg', version: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e', sequencer: null },
        quarantine: null,
      });
    },
  );

  test("is reported for an input that isn't an event at all", async () => {
    const { answer } = run({ event: { hello: 'world' } as unknown as ObjectEvent });
    expect(await answer).toMatchObject({
      error: 'UnsupportedFormat',
      prefix: '/',
      message: { source: { bucket: '(unknown)', key: '(unknown)' } },
    });
  });

  test('is not a failure if a newer event is recorded', async () => {
    const source = sourceOf(created());
    const current = {
      id: recordId(source),
      ...source,
      status: 'PROCESSING',
      sequencer: 'F'.repeat(32),
    } as ImageRecord;
    const { answer, seen } = run({ outcome: { applied: false, current } });
    await expect(answer).rejects.toBeInstanceOf(Superseded);
    expect(seen.copies).toEqual([]);
    expect(seen.counted).toEqual([]);
  });
});

describe('a failure of an image that another run has made DONE', () => {
  const source = sourceOf(created());
  const done = { id: recordId(source), ...source, status: 'DONE' } as ImageRecord;
  const refused: Outcome = { applied: false, current: done };
  const noted = (changes: Partial<ImageRecord> = {}): Outcome => ({
    applied: true,
    before: { ...done, ...changes },
  });

  test('is noted in the record, counted and mailed; the thumbnails and the original stay', async () => {
    const { answer, seen } = run({ outcome: refused, afterwards: noted() });
    const { text, message } = await answer;
    expect(seen).toEqual({
      copies: [],
      updates: [
        fail(source, { error: reason, quarantine: null }, EXECUTION, NOW),
        failAgain(source, reason, EXECUTION, NOW),
      ],
      removed: [],
      counted: ['UnsupportedFormat'],
    });
    expect(message).toMatchObject({
      status: 'FAILED',
      consequence: 'NOT_REMADE',
      dedupeId: dedupeId(source, 'FAILED', EXECUTION),
      quarantine: null,
      note: 'not copied: its thumbnails are there',
    });
    expect(text).toContain(
      '/uploads/canyon.jpg were not made again; those of the earlier run are still there.',
    );
    expect(text).toContain(
      'change the setting, deploy, and run:\n\n  npm run replay -- --key=uploads/canyon.jpg',
    );
  });

  test('says to fix the cause if the image is not at fault', async () => {
    const error = { Error: 'AccessDenied', Cause: 'not authorized' };
    const { text } = await run({ error, outcome: refused, afterwards: noted() }).answer;
    expect(text).toContain('Fix the cause first, then run:\n\n  npm run replay -- --key=');
  });

  test.each([
    ['again for another run', 'another execution', ['UnsupportedFormat']],
    ['once where the attempt is repeated', EXECUTION, []],
  ])('is counted %s', async (_, execution, counted) => {
    const lastError = { ...reason, execution, time: NOW.toISOString() };
    const { answer, seen } = run({ outcome: refused, afterwards: noted({ lastError }) });
    await answer;
    expect(seen.counted).toEqual(counted);
  });

  test('is none if a newer event is recorded meanwhile', async () => {
    const newer = { ...done, sequencer: 'F'.repeat(32) };
    const { answer, seen } = run({ outcome: refused, afterwards: { applied: false, current: newer } });
    await expect(answer).rejects.toBeInstanceOf(Superseded);
    expect(seen.counted).toEqual([]);
  });
});

test('a late failure removes what its run has written, and nothing that the record lists', async () => {
  const source = sourceOf(created());
  const current = {
    id: recordId(source),
    ...source,
    sequencer: 'F'.repeat(32),
    status: 'DONE',
    thumbnailKeys: new Set(['a.jpg/thumbnail.jpg']),
  } as ImageRecord;
  const { answer, seen } = run({ outcome: { applied: false, current } });
  await expect(answer).rejects.toBeInstanceOf(Superseded);
  expect(seen.removed).toEqual([`${'F'.repeat(32)} a.jpg/thumbnail.jpg`]);
});

describe('a caught error is named with its message', () => {
  test.each<[string, CaughtError, string]>([
    ['of a function', caught, reason.message],
    [
      'of a function that ran out of time',
      {
        Error: 'Sandbox.Timedout',
        Cause:
          '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 0c3b Error: Task timed out after 60.00 seconds"}',
      },
      'RequestId: 0c3b Error: Task timed out after 60.00 seconds',
    ],
    [
      'of a service, in plain text',
      {
        Error: 'Lambda.TooManyRequestsException',
        Cause: 'Rate Exceeded. (Service: Lambda, Status Code: 429)',
      },
      'Rate Exceeded. (Service: Lambda, Status Code: 429)',
    ],
    [
      'of Step Functions, with an empty cause',
      { Error: 'States.Timeout', Cause: '' },
      'No reason was given.',
    ],
    ['of Step Functions, without a cause', { Error: 'States.Timeout' }, 'No reason was given.'],
    ['with JSON that is not an object', { Error: 'E', Cause: '"text"' }, '"text"'],
    ['with JSON that is null', { Error: 'E', Cause: 'null' }, 'null'],
    ['with a message that is not text', { Error: 'E', Cause: '{"errorMessage":7}' }, '{"errorMessage":7}'],
    [
      'with hostile text',
      { Error: 'E', Cause: '{"errorMessage":"a\\r\\nSubject: fake\\u001b[2J\\ud800"}' },
      'a\\u000d\\u000aSubject: fake\\u001b[2J\\ud800',
    ],
  ])('%s', (_, error, message) => {
    expect(describeError(error)).toEqual({ name: error.Error, message });
  });

  test('of at most 1,024 characters', () => {
    expect(describeError({ Error: 'E', Cause: 'x'.repeat(5_000) }).message).toBe('x'.repeat(1024));
  });

  test('whatever the cause and the key: the text stays on its lines and legal', async () => {
    const anything = fc.string({ unit: anyCharacter, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anything, anything, async (Cause, key) => {
        const { answer } = run({ error: { Error: 'E', Cause }, event: created({ key: `k${key}` }) });
        const { text, prefix, message } = await answer;
        expect(text.split('\n')).toHaveLength(15);
        expect(text + prefix).toMatch(/^[\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u);
        expect(JSON.parse(JSON.stringify(message)).source.key).toBe(`k${key}`);
      }),
      { numRuns: 500 },
    );
  });
});
