/**
 * Which web pages may call a port of this machine. A browser lets any page send requests to 127.0.0.1, and the credentials
 * of the engine are known to everyone, so a signature alone doesn't keep a page out.
 */

import type { IncomingMessage } from 'node:http';

/** The web pages that may call a server. */
export interface Pages {
  /** Whether pages of this origin may, for example `http://127.0.0.1:4600` or `null`. The server's own pages always may. */
  allows(origin: string): boolean;
  /** Whether any page may read with GET and HEAD, as pages everywhere show what a CDN has. */
  anyoneReads?: boolean;
}

export const NO_PAGES: Pages = { allows: () => false };

export interface Refusal {
  status: number;
  message: string;
}

/**
 * Judges where a request comes from. Programs such as the AWS CLI send neither `Origin` nor `Sec-Fetch-Site`, and pass.
 *
 * @returns why the request isn't answered; undefined if it may pass
 */
export function refusalOf(
  { method, headers, socket }: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>,
  pages: Pages,
): Refusal | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  // A page whose own name leads to 127.0.0.1 (DNS rebinding) counts as this server's own page for a browser.
  if (!isHere(host, socket.localPort))
    return { status: 421, message: `${quote(host)} isn't a name of this server.` };
  if (pages.anyoneReads && (method === 'GET' || method === 'HEAD')) return undefined;
  // A preflight changes nothing. Its answer tells the browser what the page may send.
  if (method === 'OPTIONS') return undefined;
  if (origin !== undefined) {
    if (origin === `http://${host}` || pages.allows(origin)) return undefined;
    return { status: 403, message: `Pages of ${quote(origin)} may not call this server.` };
  }
  // Links and frames have no origin. Another port of this machine is the same site.
  if (site === 'cross-site' || site === 'same-site') {
    return { status: 403, message: 'Pages of other servers may not call this server.' };
  }
  return undefined;
}

/** The SDK puts `sync-` before the host of StartSyncExecution, even if an endpoint is set. */
const isHere = (host: string, port: number | undefined): boolean =>
  [`127.0.0.1:${port}`, `localhost:${port}`].includes(host.toLowerCase().replace(/^sync-/, ''));

/** As JSON in ASCII, since a browser or a terminal may show it. */
const quote = (text: string): string =>
  JSON.stringify(text.slice(0, 200)).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
