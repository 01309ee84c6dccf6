/** Files of a web page: what a server on this machine may answer with, and how it answers. */
import { readFile, realpath } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';

export const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
};

export const TEXT = 'text/plain; charset=utf-8';

/** Headers of every answer. Nothing is stored: the next start has other secrets. */
export const STRICT = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/**
 * A file of a known type in a folder. A link that leads out of the folder is not followed.
 *
 * @param name path in an address, decoded
 * @returns undefined if there is none
 */
export async function fileIn(folder: string, name: string): Promise<Buffer | undefined> {
  const root = path.resolve(folder);
  const file = path.join(root, name);
  const within = (each: string | undefined, base: string) => each?.startsWith(base + path.sep);
  if (!TYPES[path.extname(file)] || !within(file, root)) return undefined;
  const real = await realpath(file).catch(() => undefined);
  if (!within(real, await realpath(root))) return undefined;
  return readFile(file).catch(() => undefined);
}

/** The path of an address, without what follows it. @returns undefined if it isn't percent-encoded text */
export function pathIn(address: string): string | undefined {
  try {
    const text = decodeURIComponent(address.replace(/[?#].*$/s, ''));
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Answers a request, without the body if it asks for the headers only. */
export function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Record<string, string | string[]> = {},
): void {
  response.writeHead(status, {
    ...STRICT,
    'content-type': TEXT,
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
