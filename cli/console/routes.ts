/** The requests of api.ts, and what answers them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { send, TYPES } from '../lib/page-files';
import { type Console, MOST_RUNS } from './console';
import { MAGIC_BYTES, typeOf } from './pictures';
import { Refused } from './refused';

export interface Exchange {
  console: Console;
  request: IncomingMessage;
  response: ServerResponse;
  /** Of the address. */
  query: URLSearchParams;
  /** Of a run, if the path has one. */
  id: string;
}

type Handle = (exchange: Exchange) => Promise<void> | void;

/** By method and path; `<id>` stands for one part of the path. */
export const ROUTES: Readonly<Record<string, Handle>> = {
  'GET /api/console': async ({ console, response }) => json(response, await console.info()),
  'GET /api/runs': async ({ console, response, query }) =>
    json(response, await console.runs({ since: sinceIn(query), limit: limitIn(query) })),
  'GET /api/overview': async ({ console, response, query }) =>
    json(response, await console.overview(sinceIn(query))),
  'GET /api/live': ({ console, request, response }) =>
    console.live.open(response, String(request.headers['last-event-id'] ?? '')),
  'GET /api/runs/<id>': async ({ console, response, id }) => json(response, await console.detail(id)),
  'GET /api/runs/<id>/history': history,
  'GET /api/picture': picture,
  'POST /api/imports': async ({ console, request, response }) =>
    json(response, console.import(await textOf(request, LARGEST_IMPORT))),
  'POST /api/uploads': async ({ console, request, response, query }) =>
    done(response, await console.upload(query.get('key') ?? '', request)),
  'POST /api/runs/<id>/again': async ({ console, response, id }) => done(response, await console.again(id)),
  'POST /api/redrive': async ({ console, response }) => done(response, await console.redrive()),
  'DELETE /api/objects': async ({ console, response, query }) =>
    done(response, await console.remove(objectIn(query))),
  'PUT /api/faults': async ({ console, request, response }) =>
    done(response, console.choose(idsIn(await textOf(request, LARGEST_CHOICE)))),
};

/** Bytes. */
const LARGEST_IMPORT = 20_000_000;
const LARGEST_CHOICE = 10_000;

export function json(response: ServerResponse, value: unknown, status = 200): void {
  send(response, status, JSON.stringify(value), { 'content-type': TYPES['.json'] as string });
}

const done = (response: ServerResponse, message: string) => json(response, { message });

async function history({ console, response, id }: Exchange): Promise<void> {
  const events = await console.history(id);
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const name = `${id.replace(/[^\w-]/g, '')}.jsonl`;
  send(response, 200, text, {
    'content-type': 'application/x-ndjson',
    'content-disposition': `attachment; filename="${name}"`,
  });
}

/** A picture, or a download of anything that isn't one. Neither can act: not even a browser that opens it runs anything of it. */
async function picture({ console, response, query }: Exchange): Promise<void> {
  const { Body, ContentLength } = await console.object({
    ...objectIn(query),
    ...(query.get('version') && { version: query.get('version') as string }),
  });
  const body = Body as Readable;
  const first = await firstOf(body);
  const type = typeOf(first);
  response.writeHead(200, {
    'content-security-policy': "default-src 'none'; sandbox",
    'content-type': type ?? 'application/octet-stream',
    'content-length': ContentLength,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    // A row that scrolls back into view needs no further request.
    'cache-control': 'private, max-age=60',
    ...(!type && { 'content-disposition': 'attachment' }),
  });
  response.write(first);
  await pipeline(body, response);
}

/** The beginning of a stream; the rest stays in it. */
async function firstOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < MAGIC_BYTES) {
    const chunk = body.read() as Buffer | null;
    if (chunk) {
      chunks.push(chunk);
      length += chunk.length;
    } else if (body.readableEnded || !(await more(body))) {
      break;
    }
  }
  return Buffer.concat(chunks);
}

/** @returns whether there is more to read */
function more(body: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const finish = (then: () => void) => () => {
      body.off('readable', readable).off('end', end).off('error', failed);
      then();
    };
    const readable = finish(() => resolve(true));
    const end = finish(() => resolve(false));
    const failed = (error: Error) => finish(() => reject(error))();
    body.once('readable', readable).once('end', end).once('error', failed);
  });
}

/** @throws Refused 400 without a key: the SDK would send the request to the bucket, to list or to delete that */
function objectIn(query: URLSearchParams): { bucket: string; key: string } {
  const key = query.get('key') ?? '';
  if (key === '') throw new Refused(400, 'Expected the key of an object.');
  return { bucket: query.get('bucket') ?? '', key };
}

function sinceIn(query: URLSearchParams): number | undefined {
  const text = query.get('since');
  if (!text) return undefined;
  const since = Number(text);
  if (Number.isFinite(since)) return since;
  throw new Refused(400, 'Expected milliseconds since 1970 for since.');
}

function limitIn(query: URLSearchParams): number {
  const limit = Number(query.get('limit') || 200);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_RUNS) return limit;
  throw new Refused(400, `Expected a limit from 1 to ${MOST_RUNS.toLocaleString('en-US')}.`);
}

/** @throws Refused 400 unless the text is `{ "ids": [...] }` */
function idsIn(text: string): unknown[] {
  try {
    const { ids } = JSON.parse(text) as { ids?: unknown };
    if (Array.isArray(ids)) return ids;
  } catch {
    // Refused below.
  }
  throw new Refused(400, 'Expected { "ids": [] } with the ids of faults.');
}

/** @throws Refused 413 above so many bytes */
async function textOf(request: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) {
      throw new Refused(
        413,
        `The file has more than ${most.toLocaleString('en-US')} bytes, which is the most that the console takes.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
