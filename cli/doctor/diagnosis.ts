/** What it means when something is missing after the probe, and what to do about it. */
import type { Hint } from '../lib/hint';
import type { StoredRecord } from '../lib/records';
import { type Finding, ok, problem } from './finding';

/** What there was of the probe when the waiting was over. */
export interface Observation {
  record: StoredRecord | null;
  /** For how many seconds doctor waited. */
  seconds: number;
  /** The thumbnails of the record, and whether each is there. */
  thumbnails: { bucket: string; key: string; there: boolean }[];
  /** Why EventBridge could not start an execution for it, if the dead-letter queue says so. */
  deadLetter: string | null;
  /** A further command for the same place. */
  hint: Hint;
}

export function diagnose(observed: Observation): Finding[] {
  const { record } = observed;
  if (!record) return [withoutRecord(observed)];
  switch (record.status) {
    case 'DONE':
      return [recorded(record), ...thumbnails(observed), notification(record, observed)];
    case 'FAILED':
      return [failed(record, observed)];
    default:
      return [unfinished(record, observed)];
  }
}

const recorded = ({ status }: StoredRecord) => ok(`The probe is recorded as ${status}.`);

function thumbnails({ thumbnails }: Observation): Finding[] {
  if (thumbnails.length === 0) {
    return [
      problem(
        'The record lists no thumbnails.',
        'Check the presets in the settings: one has to match the key.',
      ),
    ];
  }
  return thumbnails.map(({ bucket, key, there }) =>
    there
      ? ok(`The thumbnail s3://${bucket}/${key} is there.`)
      : problem(
          `The record lists s3://${bucket}/${key}, but there is no such object.`,
          'Something else deletes objects from the bucket: check its lifecycle rules and its policy.',
        ),
  );
}

function notification(record: StoredRecord, { hint }: Observation): Finding {
  if ((record.notifiedSequencer ?? '') >= record.sequencer)
    return ok('The processed topic received the message.');
  return problem(
    'The thumbnails are recorded, but the processed topic did not receive the message.',
    `The state Notify failed: a mail from the errors topic says why, and so does ${executionOf(record, hint)}.\n` +
      'Often the role of notify is not allowed to publish, or to use the key that encrypts the topic.',
  );
}

function failed(record: StoredRecord, { hint }: Observation): Finding {
  const { name, message } = record.error ?? { name: 'Unknown', message: 'the record gives no reason' };
  return problem(
    `The probe failed: ${name}: ${message}`,
    `${adviceFor(name, message)}\nWhere it failed: ${executionOf(record, hint)}`,
  );
}

/** AWS names the caller, the action and the resource of what it denies. */
const DENIED = /User: (\S+) is not authorized to perform: (\S+)/;

function adviceFor(name: string, message: string): string {
  const [, who, action] = DENIED.exec(message) ?? [];
  if (action) {
    return (
      `${who} lacks ${action}. Deploy again. If it still fails: a permissions boundary, a policy of the organization, or ` +
      'a policy of the bucket, topic or key takes away what the stack grants.'
    );
  }
  if (/^AccessDenied|^Forbidden|^KMS/.test(name)) {
    return 'A permission is missing: deploy again, and check the permissions boundary, the bucket policy and the key policy.';
  }
  if (/^(Runtime|Sandbox|Lambda)\./.test(name)) {
    return 'The function itself crashed: its log group /aws/lambda/… has the stack trace.';
  }
  if (name === 'UnsupportedFormat') return 'The settings do not accept the format of the probe.';
  return 'docs/operations.md says what to do about each error name.';
}

function unfinished(record: StoredRecord, { seconds, hint }: Observation): Finding {
  return problem(
    `After ${seconds} seconds the probe is still ${record.status}.`,
    'It may be waiting in the backlog for capacity, or be slow: wait longer with --timeout. ' +
      `Where it is: ${executionOf(record, hint)}`,
  );
}

function withoutRecord({ seconds, deadLetter, hint }: Observation): Finding {
  const what = `After ${seconds} seconds there is no record of the probe.`;
  if (deadLetter) {
    return problem(
      `${what} EventBridge could not start the workflow: ${deadLetter}`,
      `Deploy again: the role of the rule needs states:StartExecution. Then start what was not started: ${hint('redrive')}`,
    );
  }
  return problem(
    what,
    'If something above is wrong, that is the likely cause. If not, check whether an execution ran:\n' +
      `${hint('executions')}\n` +
      'If it waits in the backlog (NotYetVisible): in the first 15 minutes after a first deploy S3 may not show new uploads ' +
      'yet. Try again later. ' +
      'If none ran, the rule did not match (uploads.prefix and uploads.suffixes in the settings), or it was deployed less than ' +
      'a minute ago: try again. If one failed, neither validate nor quarantine could write the record: its graph says why.',
  );
}

/** The command that draws the execution of a record. */
function executionOf({ execution }: StoredRecord, hint: Hint): string {
  return hint('executions', execution.split(':').at(-1) as string);
}
