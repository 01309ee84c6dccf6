/** The mails that docs/messages.md shows, in the words of the code that writes them. */
import { type FailureMessage, failureMail } from '../../contract/messages/failure';
import { type ProcessedMessage, processedMail } from '../../contract/messages/processed';
import { failureSubject, processedSubject } from '../../contract/messages/subject';
import { withSection } from '../section';

const ACCOUNT = '111122223333';
const bucket = (name: string) => `thumbnail-workflow-${name}-${ACCOUNT}-us-east-1`;
const execution = `arn:aws:states:us-east-1:${ACCOUNT}:express:thumbnail-workflow:6d1f2c3e-0c55:b1c5`;
const source = {
  bucket: bucket('uploads'),
  key: 'uploads/canyon.jpg',
  version: '3HL4kqtJvjVBH40Nrjfkd',
  etag: '9bb58f26192e4ba00f01e2e7b136bbd8',
  sequencer: '0000000000000000617F08299329D189',
};
const time = '2026-11-21T03:04:05.678Z';

const processed: ProcessedMessage = {
  schema: 1,
  status: 'DONE',
  dedupeId: '',
  source: { ...source, format: 'jpeg', width: 1800, height: 1200, frames: 1, bytes: 69_964 },
  preset: { name: 'default', hash: '0e2f6c8a91bd' },
  thumbnails: [
    {
      variant: 'thumbnail',
      bucket: bucket('thumbnails'),
      key: 'uploads/canyon.jpg/thumbnail.jpg',
      format: 'jpeg',
      width: 200,
      height: 133,
      bytes: 4_821,
    },
  ],
  execution,
  time,
};

const failed: FailureMessage = {
  schema: 1,
  status: 'FAILED',
  consequence: 'NOT_MADE',
  dedupeId: '',
  source: { ...source, key: 'uploads/Grand Canyon.jpg' },
  error: {
    name: 'Sandbox.Timedout',
    message: 'RequestId: 0c3b6f4e-9d1c-4f39-9a0e-2f6f4be2a001 Error: Task timed out after 20.00 seconds',
  },
  quarantine: { bucket: bucket('quarantine'), key: 'uploads/Grand Canyon.jpg' },
  note: null,
  execution,
  time,
};

const RUNBOOK = 'https://github.com/you/thumbnail-workflow/blob/main/docs/operations.md';

const shown = (subject: string, text: string) => `\`\`\`text\nSubject: ${subject}\n\n${text.trim()}\n\`\`\``;

export const withSamples = (document: string): string =>
  withSection(
    withSection(
      document,
      'a mail about thumbnails',
      shown(processedSubject(processed), processedMail(processed, `${source.bucket}/${source.key}`)),
    ),
    'a mail about a failure',
    shown(failureSubject(failed), failureMail(failed, { runbook: RUNBOOK })),
  );
