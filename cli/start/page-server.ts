/** Serves the folder of a page, with the configuration that tells the page where its API is. */

import { readFile, realpath } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';
import { openAddress } from '../../local-aws';

export interface PageOptions {
  /** The folder that is served; its `index.html` at `/`. */
  folder: string;
  /** Port on 127.0.0.1; 0 for any free one. */
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
 * The page runs only its own scripts and talks to servers on this machine, each on its own port. Images may come from a
 * CDN elsewhere.
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
  // config.json has another token after the next start.
  'cache-control': 'no-store',
};

/** @throws Error when the port is in use */
export async function servePage({ folder, port, config }: PageOptions): Promise<Page> {
  const root = path.resolve(folder);
  const address = await openAddress(port);
  // Under another host name the page would have another origin, and none of those may read the token.
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

/** A file of a known type in the folder. A link that leads out of the folder is not followed. */
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
