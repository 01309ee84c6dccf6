import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { makeFolder } from '../../local-aws/data-folder';
import { type Summary, summarize } from '../../local-aws/graph';
import { readHistory } from '../../local-aws/history';
import type { Session } from '../lib/session';
import type { Ended } from './follow';
import { Problem } from './problem';

/** A file on this machine and the key it is uploaded to. */
export interface Upload {
  file: string;
  key: string;
}

/** What became of one file: a line that `process --json` prints. */
export interface Outcome extends Upload {
  /** ARN; null when no execution was started. */
  execution: string | null;
  status: 'SUCCEEDED' | 'FAILED' | 'SUPERSEDED';
  error: { name: string; message: string } | null;
  thumbnails: SavedThumbnail[];
  /** From the start of the first execution to the end of the last. */
  durationMs: number;
}

export interface SavedThumbnail {
  variant: string;
  key: string;
  /** Where it was written on this machine. */
  path: string;
  width: number;
  height: number;
  format: string;
  bytes: number;
}

/** A thumbnail as the workflow reports it. */
type Made = Omit<SavedThumbnail, 'path'> & { bucket: string };

/** The outcome of a file that failed outside of the workflow. */
export function failed({ file, key }: Upload, { name, message, execution }: Problem): Outcome {
  const error = { name, message };
  return { file, key, execution, status: 'FAILED', error, thumbnails: [], durationMs: 0 };
}

/**
 * Finds out from its execution what became of an upload, and saves its thumbnails.
 *
 * @param out folder the thumbnails are written to, each under its key
 * @throws Problem if they can't be written
 */
export async function outcomeOf(
  session: Session,
  upload: Upload,
  execution: Ended,
  out: string,
): Promise<{ outcome: Outcome; summary: Summary }> {
  const arn = execution.executionArn as string;
  const summary = summarize(readHistory(session.dataDir, arn));
  const superseded = summary.states.at(-1)?.name === 'Superseded';
  const succeeded = execution.status === 'SUCCEEDED' && !superseded;
  const made: Made[] = succeeded ? (JSON.parse(execution.output as string).thumbnails?.items ?? []) : [];
  const outcome: Outcome = {
    file: upload.file,
    key: upload.key,
    execution: arn,
    status: succeeded ? 'SUCCEEDED' : superseded ? 'SUPERSEDED' : 'FAILED',
    error: succeeded || superseded ? null : errorOf(execution, summary),
    thumbnails: await Promise.all(made.map((thumbnail) => save(session, thumbnail, out, arn))),
    durationMs: (execution.stopDate as Date).getTime() - execution.since.getTime(),
  };
  return { outcome, summary };
}

/** A failed execution has the workflow's own error; what really went wrong is in its first failed state. */
function errorOf(execution: Ended, { states }: Summary): Outcome['error'] {
  const first = states.find(({ error }) => error)?.error;
  return first ?? { name: execution.error ?? String(execution.status), message: execution.cause ?? '' };
}

async function save(
  { s3 }: Session,
  { bucket, ...thumbnail }: Made,
  out: string,
  execution: string,
): Promise<SavedThumbnail> {
  const file = path.resolve(out, ...thumbnail.key.split('/').filter((part) => part !== '..'));
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: thumbnail.key }));
    // Before anything else can fail: an answer that is never read keeps the connection open, and the process with it.
    const bytes = await (Body as NonNullable<typeof Body>).transformToByteArray();
    makeFolder(path.dirname(file));
    await writeFile(file, bytes);
  } catch (error) {
    // Half a thumbnail must not look like one.
    await rm(file, { force: true }).catch(() => {});
    throw new Problem('NotSaved', `${file} could not be saved (${(error as Error).message}).`, execution);
  }
  return { ...thumbnail, path: file };
}
