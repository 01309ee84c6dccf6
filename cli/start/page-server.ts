/** Serves one folder of a page, with the settings it needs to know where its API is. */

import { readFile, realpath } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';
import { openAddress } from '../../local-aws';

export interface PageOptions {
  /** What is served; `index.html` in it at `/`. */
  folder: string;
  /** Port on 127.0.0.1; 0 for any that is free. */
  port: number;
  /** Served as `/config.json`. */
  config: unknown;
}

export interface Page {
  /** For example `http://127.0.0.1:4600`. It is also the origin of the page. */
  url: string;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
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

/**
 * A page runs its own scripts only, and speaks to the servers of this machine, each on a port of its own. Images may come
 * from a CDN that is elsewhere.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self' http://127.0.0.1:*",
  "img-src 'self' blob: data: https: http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // The token in config.json is another one at the next start.
  'cache-control': 'no-store',
};

/** @throws Error when the port is in use */
export async function servePage({ folder, port, config }: PageOptions): Promise<Page> {
  const root = path.resolve(folder);
  const address = await openAddress(port);
  // Other names for this address would make other origins, of which none may read the token.
  const { host } = new URL(address.url);

  async function answer(method: string, target: string, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') return send(response, 405, 'Method Not Allowed');
    const name = decoded(target.replace(/[?#].*$/s, ''));
    if (name === '/config.json') return send(response, 200, JSON.stringify(config), '.json');
    const file = name === undefined ? undefined : await fileAt(root, name === '/' ? 'index.html' : name);
    const content = file && (await readFile(file).catch(() => undefined));
    if (content) send(response, 200, content, path.extname(file));
    else send(response, 404, 'Not Found');
  }

  const server = createServer((request, response) => {
    request.resume();
    if (request.headers.host !== host) return send(response, 421, `This page is at ${address.url}`);
    answer(request.method ?? 'GET', request.url ?? '/', response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  address.serve(server);
  return { url: address.url, close: () => address.close() };
}

/** A file of a known type that lies in the folder, wherever links lead. */
async function fileAt(root: string, name: string): Promise<string | undefined> {
  const file = path.join(root, name);
  const within = (each: string | undefined, base: string) => each?.startsWith(base + path.sep);
  if (!TYPES[path.extname(file)] || !within(file, root)) return undefined;
  const real = await realpath(file).catch(() => undefined);
  return within(real, await realpath(root)) ? file : undefined;
}

function decoded(name: string): string | undefined {
  try {
    const text = decodeURIComponent(name);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: string | Buffer, extension = ''): void {
  response.writeHead(status, {
    ...HEADERS,
    'content-type': TYPES[extension] ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
