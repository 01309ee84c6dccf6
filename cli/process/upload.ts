import { type FileHandle, open } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Session } from '../lib/session';
import { identityOf } from './follow';
import type { Upload } from './outcome';
import { Problem } from './problem';

/**
 * Uploads a file.
 *
 * @returns what tells this upload from others: {@link identityOf}
 * @throws Problem if the file can't be read, or S3 refuses it
 * @throws Error if S3 doesn't answer
 */
export async function upload(session: Session, { file, key }: Upload): Promise<string> {
  const handle = await open(file).catch(unread);
  try {
    return await send(session, handle, key);
  } finally {
    await handle.close();
  }
}

async function send({ s3, stack }: Session, handle: FileHandle, key: string): Promise<string> {
  const { size } = await handle.stat();
  const reading = new AbortController();
  let problem: Error | undefined;
  const fail = (error: Error) => {
    problem ??= error;
    // S3 would wait for the rest.
    reading.abort();
  };
  const put = { Bucket: stack.outputs['uploads_bucket'] as string, Key: key, ContentLength: size };
  const body = size > 0 ? handle.createReadStream({ autoClose: false, end: size - 1 }) : undefined;
  body?.on('error', fail);
  body?.on('end', () => {
    if (body.bytesRead < size) fail(new Error('it became shorter while it was being read'));
  });
  try {
    const command = new PutObjectCommand({ ...put, Body: body ?? new Uint8Array() });
    const { VersionId, ETag } = await s3.send(command, { abortSignal: reading.signal });
    return identityOf(key, VersionId, ETag);
  } catch (error) {
    if (problem) return unread(problem);
    const { message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    // Without an answer, the other files can't be uploaded either.
    if ($metadata?.httpStatusCode === undefined) throw error;
    throw new Problem('NotUploaded', message);
  } finally {
    body?.destroy();
  }
}

function unread(error: Error): never {
  throw new Problem('NotRead', `The file could not be read (${error.message}).`);
}
