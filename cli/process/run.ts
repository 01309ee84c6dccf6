import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SingleBar } from 'cli-progress';
import { plural, printable } from '../../contract/text';
import { compilePattern, type Stack } from '../../local-aws';
import type { Summary } from '../../local-aws/graph';
import { type Result, UsageError } from '../lib/command';
import { faultsIn } from '../lib/engine-files';
import { batch, endedEarly } from '../lib/interruption';
import { paced } from '../lib/pace';
import { openSession, type Session } from '../lib/session';
import { findFiles } from './files';
import { Follower, identityOf } from './follow';
import { notStarted, type Outcome, outcomeOf, type Upload } from './outcome';
import { describeOutcome } from './report';

/** Uploads in progress at the same time: enough to keep the workflow busy, few enough to need little memory. */
const CONCURRENCY = 8;

interface Values {
  out: string;
  /** Absolute path. */
  data: string;
  /** Absolute path. */
  settings?: string;
  faults?: string;
  json: boolean;
}

export async function processPictures(values: Values, paths: string[]): Promise<Result> {
  if (paths.length === 0) throw new UsageError('Expected a file or a folder to process');
  // Before the engine starts, so that a mistyped path is reported at once.
  const files = await findFiles(paths);

  const { settings, data } = values;
  const session = await openSession(data, { settings, faults: faultsIn(values.faults) });
  const follower = new Follower(session, (key) =>
    console.error(
      `${printable(key)} found no free capacity: its event waits in the backlog, at first for a minute.`,
    ),
  );
  const starts = trigger(session.stack);
  const uploads = files
    .map(({ file, path: key, named }) => ({
      file,
      key: `${session.stack.outputs['uploads_prefix']}${key}`,
      named,
    }))
    .filter(({ key, named }) => named || starts(key));
  if (uploads.length < files.length) {
    const left = files.length - uploads.length;
    console.error(`${left} ${left === 1 ? 'file was' : 'files were'} skipped: not named like an image.`);
  }

  const total = uploads.length;
  const bar = progressBar(total);
  let done = 0;
  let failed = 0;
  const one = async ({ file, key }: Upload) => {
    const upload = { file, key };
    const { outcome, summary } = starts(key)
      ? await run(session, follower, upload, values.out)
      : { outcome: notStarted(upload, WRONG_NAME), summary: null };
    done++;
    if (outcome.status === 'FAILED') failed++;
    bar?.clear();
    console.log(values.json ? JSON.stringify(outcome) : describeOutcome(outcome, summary));
    bar?.increment();
  };
  const pace = { rate: Number.POSITIVE_INFINITY, concurrency: CONCURRENCY };
  const ending = await batch((signal) => paced(uploads, { ...pace, signal }, one));
  bar?.stop();
  // If it failed, that has ended the batch as well.
  await follower.stop().catch(() => {});
  await session.close();
  const rest = total - done;
  return {
    ok: failed === 0 && rest === 0,
    summary: [
      `${plural(done, 'image')} processed: ${done - failed} succeeded, ${failed} failed.`,
      ...(rest > 0 ? endedEarly(ending, `${plural(rest, 'image')} left.`) : []),
    ].join('\n'),
  };
}

const WRONG_NAME =
  "Its name does not end like an image's, so the workflow does not start: see uploads.suffixes in the settings.";

async function run(
  session: Session,
  follower: Follower,
  upload: Upload,
  out: string,
): Promise<{ outcome: Outcome; summary: Summary | null }> {
  const { size } = await stat(upload.file);
  const { VersionId, ETag } = await session.s3.send(
    new PutObjectCommand({
      Bucket: session.stack.outputs['uploads_bucket'] as string,
      Key: upload.key,
      Body: createReadStream(upload.file),
      ContentLength: size,
    }),
  );
  const execution = await follower.execution(identityOf(upload.key, VersionId, ETag));
  return outcomeOf(session, upload, execution, out);
}

/** Whether uploading to a key starts the workflow, according to the rules of the stack. */
function trigger(stack: Stack): (key: string) => boolean {
  const patterns = stack.rules.map(({ pattern }) => compilePattern(pattern));
  const bucket = { name: stack.outputs['uploads_bucket'] };
  return (key) => {
    const event = {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket, object: { key, size: 1 } },
    };
    return patterns.some((matches) => matches(event));
  };
}

/** A bar, on a terminal and only if there is something to wait for. */
function progressBar(total: number) {
  if (total < 2 || !process.stderr.isTTY) return null;
  const bar = new SingleBar({
    format: '{bar} {value}/{total} images, {eta_formatted} left',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 30,
  });
  bar.start(total, 0);
  return {
    /** Makes room for a line of output; the bar is drawn again below it. */
    clear: () => process.stderr.write('\r\u001b[K'),
    increment: () => bar.increment(),
    stop: () => bar.stop(),
  };
}
