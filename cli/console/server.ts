/** Serves the console on 127.0.0.1: its page, and the requests of api.ts to whoever has the token. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { openAddress } from '../../local-aws';
import { STRICT, send, TYPES } from '../lib/page-files';
import { Gatekeeper, targetOf } from './access';
import type { Console } from './console';
import { pageFile } from './files';
import { Refused } from './refused';
import { json, ROUTES } from './routes';

export interface ConsoleServer {
  /** The address with the token, for the person who started it. */
  address: string;
  close(): Promise<void>;
}

/** The page runs only its own scripts, and talks to nobody but this server. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  ...STRICT,
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const NO_TOKEN = 'Open the address that the terminal has printed, which has the token of this console in it.';

/**
 * @param desk is closed with the server
 * @param port 0 for any that is free
 * @throws Error if the port is in use
 */
export async function serveConsole(desk: Console, port: number): Promise<ConsoleServer> {
  const address = await openAddress(port);
  const gatekeeper = new Gatekeeper(address.url);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const access = gatekeeper.judge(request);
    if (access.kind === 'signed in') {
      return send(response, 303, '', { location: access.location, 'set-cookie': access.cookie });
    }
    const { pathname, searchParams: query } = targetOf(request.url ?? '/', address.url);
    if (access.kind === 'unknown') {
      if (pathname.startsWith('/api/')) throw new Refused(401, NO_TOKEN);
      return send(response, 401, `${NO_TOKEN}\n`);
    }
    if (access.kind === 'foreign') {
      throw new Refused(403, 'Only the page of this console may do this. Open it anew, and try again.');
    }
    const route = routeOf(request.method ?? 'GET', pathname);
    if (route) return route.handle({ console: desk, request, response, query, id: route.id });
    if (pathname.startsWith('/api/'))
      throw new Refused(404, `There is no ${request.method} ${pathname} here.`);
    const file = request.method === 'GET' || request.method === 'HEAD' ? await pageFile(pathname) : undefined;
    if (!file) return send(response, 404, 'There is no such file.\n');
    send(response, 200, file.content, { 'content-type': TYPES[file.extension] as string });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => refuse(request, response, error));
  });
  address.serve(server);
  return {
    address: gatekeeper.address,
    async close() {
      await desk.close();
      await address.close();
    },
  };
}

function routeOf(method: string, pathname: string) {
  for (const [route, handle] of Object.entries(ROUTES)) {
    const [verb, path = ''] = route.split(' ');
    const pattern = new RegExp(`^${path.replace('<id>', '([^/]+)')}$`);
    const match = verb === method ? pattern.exec(pathname) : null;
    if (match) return { handle, id: decoded(match[1] ?? '') };
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every error is words for the page. */
function refuse(request: IncomingMessage, response: ServerResponse, error: Error): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const status = error instanceof Refused ? error.status : 502;
  // What AWS refuses is worded for the page. Anything else is a mistake of ours.
  if (status === 502 && !('$metadata' in error)) console.error(error);
  // The rest of an unread body would be read as the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  json(response, { message: error.message }, status);
}
