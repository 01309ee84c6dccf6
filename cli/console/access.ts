/**
 * Who may use the console. Another user's program on this machine can reach 127.0.0.1 as well and sends no Origin, and the console
 * holds credentials for AWS, so each request needs the token that only the terminal has shown.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Access =
  /** The request may go on. */
  | { kind: 'granted' }
  /** The address had the token: from now on the browser has the cookie, and goes to the address without the token. */
  | { kind: 'signed in'; cookie: string; location: string }
  /** Nothing in the request says that it may. */
  | { kind: 'unknown' }
  /** A page that may not do this sent it. */
  | { kind: 'foreign' };

const READS = new Set(['GET', 'HEAD']);

export class Gatekeeper {
  readonly token = randomBytes(24).toString('base64url');

  private readonly cookie: string;

  /** @param url of the console, which is also the origin of its page */
  constructor(private readonly url: string) {
    // Cookies don't tell ports apart, so each console needs its own.
    this.cookie = `console-${new URL(url).port}`;
  }

  /** What a person opens. */
  get address(): string {
    return `${this.url}/?token=${this.token}`;
  }

  judge({ method = 'GET', url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): Access {
    const { searchParams, pathname } = targetOf(url, this.url);
    const given = searchParams.get('token');
    if (given !== null && pathname === '/' && READS.has(method) && this.isToken(given)) {
      const cookie = `${this.cookie}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
      return { kind: 'signed in', cookie, location: '/' };
    }
    // A program. No page of another origin can send this header without asking first, and it gets no answer.
    const [, bearer] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
    if (bearer !== undefined) return { kind: this.isToken(bearer) ? 'granted' : 'unknown' };
    if (!cookiesIn(headers.cookie, this.cookie).some((value) => this.isToken(value)))
      return { kind: 'unknown' };
    // The server has checked that the host is its own.
    const isOwn = headers.origin === `http://${headers.host}`;
    return { kind: READS.has(method) || isOwn ? 'granted' : 'foreign' };
  }

  /** In a time that says nothing of how much was right. */
  private isToken(text: string): boolean {
    return timingSafeEqual(digest(text), digest(this.token));
  }
}

/** What a request is for. Anything may be sent as its target, and nobody has shown a token yet, so nothing makes this fail. */
export const targetOf = (target: string, base: string): URL =>
  new URL(`${base}${target.startsWith('/') ? target : '/'}`);

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Every value of a cookie: other servers on this host may set one with the same name. */
function cookiesIn(header = '', name: string): string[] {
  return header.split(';').flatMap((pair) => {
    const [, key, value] = /^\s*([^=]+)=(.*?)\s*$/.exec(pair) ?? [];
    return key === name && value !== undefined ? [value] : [];
  });
}
