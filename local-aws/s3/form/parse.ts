/** Parses an upload form as it arrives: first the fields, then the file, which isn't held in memory. */

import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { AwsError } from '../../service';
import type { S3Request } from '../request';

export interface Form {
  /** Those before the file, by lower-case name. S3 ignores what comes after it. */
  fields: Map<string, string>;
  /** Without folders; empty if the form has none. */
  fileName: string;
  /** @throws AwsError while it is read: `MalformedPOSTRequest`, `IncorrectNumberOfFilesInPostRequest` */
  file: AsyncIterable<Buffer>;
  /** Stops reading. Always call it. */
  close(): void;
}

/**
 * The most that a form may contain besides its file, in bytes. Source:
 * docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
 */
const MAX_FIELDS = 20 * 1024;

/** What a field needs besides its name, its value and the boundary, in bytes. */
const FRAMING = '--\r\nContent-Disposition: form-data; name=""\r\n\r\n\r\n'.length;

/**
 * Reads a form up to its file.
 *
 * @throws AwsError `MalformedPOSTRequest`, `MaxPostPreDataLengthExceededError`, `IncorrectNumberOfFilesInPostRequest`,
 *   `InvalidArgument` for a field that is there twice
 */
export async function openForm({ headers, stream }: Pick<S3Request, 'headers' | 'stream'>): Promise<Form> {
  const parser = parserOf(headers.get('content-type'));
  const stopped = new AbortController();
  const { signal } = stopped;
  const fields = new Map<string, string>();
  let before = 0;
  let file: Readable | undefined;
  let failure: unknown;

  return new Promise<Form>((resolve, reject) => {
    const fail = (error: unknown) => {
      if (signal.aborted) return;
      failure ??= error;
      stopped.abort();
      file?.destroy();
      reject(failure);
    };

    async function* contents(source: Readable): AsyncGenerator<Buffer> {
      try {
        yield* source;
      } catch (error) {
        throw failure ?? error;
      }
      await fed;
      if (failure) throw failure;
    }

    parser.on('field', (name, value, nameTruncated, valueTruncated) => {
      if (file) return;
      before += FRAMING + Buffer.byteLength(String(name)) + Buffer.byteLength(value);
      if (before > MAX_FIELDS || nameTruncated || valueTruncated) return fail(fieldsTooLarge());
      if (name === undefined) return fail(malformed());
      if (fields.has(name.toLowerCase())) return fail(twice(name));
      fields.set(name.toLowerCase(), value);
    });
    parser.on('file', (_, source, fileName) => {
      // An error in the file is an error of the form, which reports it.
      source.on('error', () => {});
      if (file) return fail(oneFile());
      file = source;
      resolve({ fields, fileName: fileName ?? '', file: contents(source), close: () => close() });
    });
    parser.on('finish', () => file ?? fail(oneFile()));
    parser.on('error', () => fail(malformed()));

    const close = () => {
      stopped.abort();
      file?.destroy();
    };

    /** Leaving the loop must not destroy the socket, because the answer still has to be sent on it. */
    const feed = async () => {
      let total = 0;
      for await (const piece of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        if (!file && total > MAX_FIELDS) fail(fieldsTooLarge());
        if (signal.aborted) return;
        total += piece.length;
        if (!parser.write(piece) && !signal.aborted) await once(parser, 'drain', { signal });
      }
      const finished = once(parser, 'finish', { signal });
      parser.end();
      await finished;
    };
    const fed = feed()
      .catch((error: unknown) => fail(error))
      // A browser that is still sending sees the answer only if its request is read to the end.
      .finally(() => stream.resume());
  });
}

function parserOf(contentType = '') {
  try {
    return new Busboy({
      headers: { 'content-type': contentType } as BusboyHeaders,
      limits: { fieldSize: MAX_FIELDS, fieldNameSize: MAX_FIELDS, headerSize: MAX_FIELDS },
      isPartAFile: (name) => name?.toLowerCase() === 'file',
    });
  } catch {
    throw malformed();
  }
}

const malformed = () =>
  new AwsError(
    'MalformedPOSTRequest',
    'The body of your POST request is not well-formed multipart/form-data.',
    400,
  );

const oneFile = () =>
  new AwsError(
    'IncorrectNumberOfFilesInPostRequest',
    'POST requires exactly one file upload per request.',
    400,
  );

const fieldsTooLarge = () =>
  new AwsError(
    'MaxPostPreDataLengthExceededError',
    'Your POST request fields preceding the upload file were too large.',
    400,
    { MaxPostPreDataLengthBytes: String(MAX_FIELDS) },
  );

const twice = (name: string) =>
  new AwsError('InvalidArgument', 'A field of the form is there more than once.', 400, {
    ArgumentName: name,
    ArgumentValue: '',
  });
