/** Serves the folder of a page, with the configuration that tells the page where its API is. */

import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';
import { openAddress } from '../../local-aws';
import { fileIn, pathIn, send as sendFile, TEXT, TYPES } from '../lib/page-files';

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

/** @throws Error when the port is in use */
export async function servePage({ folder, port, config }: PageOptions): Promise<Page> {
  const address = await openAddress(port);
  // Under another host name the page would have another origin, and none of those may read the token.
  const { host } = new URL(address.url);

  async function answer(method: string, target: string, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') return send(response, 405, 'Method Not Allowed');
    const asked = pathIn(target);
    if (asked === '/config.json') return send(response, 200, JSON.stringify(config), '.json');
    const name = asked === '/' ? 'index.html' : asked;
    const content = name === undefined ? undefined : await fileIn(folder, name);
    if (content) send(response, 200, content, path.extname(name as string));
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

/** @param extension of the file that is sent */
function send(response: ServerResponse, status: number, body: string | Buffer, extension = ''): void {
  sendFile(response, status, body, {
    'content-security-policy': POLICY,
    'content-type': TYPES[extension] ?? TEXT,
  });
}
