import { type FailureMessage, failureMail } from '../../contract/messages/failure';
import { tooLarge } from '../../contract/messages/too-large';

const message: FailureMessage = {
  schema: 1,
  status: 'FAILED',
  consequence: 'NOT_MADE',
  dedupeId: 'd',
  source: { bucket: 'uploads', key: 'canyon.jpg', version: 'v1', etag: 'e1', sequencer: '0A' },
  error: { name: 'CorruptImage', message: 'It is damaged.' },
  quarantine: null,
  note: null,
  execution: 'unknown',
  time: '2026-03-12T02:08:00.000Z',
};
const mail = (changes: Partial<FailureMessage>) => failureMail({ ...message, ...changes });

test('a mail about something of which nothing is known says so, and where to look', () => {
  const source = { ...message.source, version: null, etag: null, sequencer: null };
  expect(mail({ consequence: 'UNKNOWN', source })).toBe(`Something went wrong with s3://uploads/canyon.jpg.

Reason:    CorruptImage
           It is damaged.
Version:   unknown
Copy:      none
Execution: unknown
Runbook:   docs/operations.md#corruptimage

Look at the execution to see what happened.
`);
});

test('an event that names no version has nothing to run again', () => {
  const source = { ...message.source, sequencer: null };
  expect(mail({ source })).toContain(
    '\nThe event names no version of the object, so there is nothing to run again.\n',
  );
});

test.each([
  [
    'UnsupportedFormat',
    'this file is an AVIF image',
    'To accept this format, add it to `accept` in the settings',
  ],
  ['CorruptImage', 'this file is an AVIF image', 'If a setting refused it, change the setting'],
  ['ImageTooLarge', tooLarge('pixels', 2, 1), 'To accept this one, raise `limits.pixels` in the settings'],
  ['CorruptImage', tooLarge('pixels', 2, 1), 'If a setting refused it, change the setting'],
])('a setting is named for the error it belongs to alone: %s', (name, text, advice) => {
  expect(mail({ error: { name, message: text } })).toContain(
    `upload a better image. ${advice}, deploy, and run:\n\n  npm run replay -- --key=canyon.jpg\n`,
  );
});
