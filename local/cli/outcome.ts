import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Ended } from './follow';
import type { Session } from './session';
import type { Upload } from './uploads';

/** What became of one file: the line `process --json` prints. */
export interface Outcome {
  file: string;
  key: string;
  /** ARN; null where no execution was started. */
  execution: string | null;
  status: 'SUCCEEDED' | 'FAILED' | 'SUPERSEDED';
  error: { name: string; message: string } | null;
  thumbnails: SavedThumbnail[];
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

/** The state of an execution, as far as its end is told from it. */
interface State {
  error?: { Error: string; Cause: string };
  failure?: { message: { error: { name: string; message: string } } };
  thumbnails?: { items: (Omit<SavedThumbnail, 'path'> & { bucket: string })[] };
}

/**
 * Reads what became of an upload from the end of its execution, and saves its thumbnails.
 *
 * @param last the state that the execution's last state was given
 * @param out folder the thumbnails are written to, each under its key
 */
export async function outcomeOf(
  session: Session,
  upload: Upload,
  execution: Ended,
  last: State,
  out: string,
): Promise<Outcome> {
  const superseded = execution.status === 'SUCCEEDED' && last.error?.Error === 'Superseded';
  const succeeded = execution.status === 'SUCCEEDED' && !superseded;
  const made = succeeded ? (last.thumbnails?.items ?? []) : [];
  return {
    ...upload,
    execution: execution.executionArn ?? null,
    status: succeeded ? 'SUCCEEDED' : superseded ? 'SUPERSEDED' : 'FAILED',
    error: succeeded || superseded ? null : errorOf(execution, last),
    thumbnails: await Promise.all(made.map((thumbnail) => save(session, thumbnail, out))),
    durationMs: (execution.stopDate as Date).getTime() - (execution.startDate as Date).getTime(),
  };
}

/** A failed execution bears the workflow's own error; what went wrong is in its state. */
function errorOf(execution: Ended, last: State): Outcome['error'] {
  const named = last.failure?.message.error;
  if (named) return { name: named.name, message: named.message };
  return { name: execution.error ?? execution.status ?? 'Unknown', message: execution.cause ?? '' };
}

async function save(
  { s3 }: Session,
  { bucket, ...thumbnail }: Omit<SavedThumbnail, 'path'> & { bucket: string },
  out: string,
): Promise<SavedThumbnail> {
  const file = path.resolve(out, ...thumbnail.key.split('/').filter((part) => part !== '..'));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: thumbnail.key }));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, await (Body as NonNullable<typeof Body>).transformToByteArray());
  return { ...thumbnail, path: path.relative(process.cwd(), file) };
}
