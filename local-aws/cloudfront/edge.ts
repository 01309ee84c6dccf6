/** Decides for each request whether the cache can answer it or an origin has to, and what is cached then. */

import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Cache, type Entry, isFresh } from './cache';
import { NARROWING, narrow } from './entity';
import { lifetime, mayBeStale } from './freshness';
import { type Headers, passedOn } from './headers';
import type { Behavior, Distribution } from './model';
import { OriginError, type Origins } from './origins';
import { type CacheKey, cacheKey, type ViewerRequest } from './viewer';

/** Where an answer comes from, as CloudFront says in `X-Cache`. */
export type Result = 'Hit' | 'Miss' | 'RefreshHit' | 'Error';

export interface EdgeAnswer {
  status: number;
  headers: Headers;
  /** None for a HEAD request that the origin has answered. */
  body?: Buffer | IncomingMessage;
  result: Result;
}

export interface EdgeOptions {
  distribution: Distribution;
  cache: Cache;
  origins: Origins;
  now: () => number;
}

/** Bytes of one object: a larger one passes through as it comes. */
const LARGEST = 8 * 1024 * 1024;

/**
 * Answers a request whose method the behavior allows.
 *
 * @throws OriginError if no origin answers and the cache has nothing to serve instead
 */
export type Edge = (viewer: ViewerRequest, behavior: Behavior) => Promise<EdgeAnswer>;

export function createEdge({ distribution, cache, origins, now }: EdgeOptions): Edge {
  const underway = new Map<string, Promise<unknown>>();

  const ask = (
    viewer: ViewerRequest,
    { target }: Behavior,
    { query, headers }: CacheKey,
    more: Headers = {},
  ) =>
    origins.ask(target, {
      method: viewer.method,
      path: pathOf(viewer, distribution),
      query,
      headers: { ...headers, ...(more as Record<string, string>) },
      viewer: viewer.address,
    });

  /** Asks an origin, caches what may be cached, and answers the viewer. */
  async function obtain(viewer: ViewerRequest, behavior: Behavior, what: CacheKey): Promise<EdgeAnswer> {
    const kept = cache.get(what.key);
    const { forgotten } = cache;
    /** An answer that was requested before an invalidation may be what it was meant to remove. */
    const keep = (entry: Entry) => {
      if (cache.forgotten === forgotten) cache.set(what.key, entry);
    };
    const answer = await ask(viewer, behavior, what, kept && validators(kept)).catch((error: unknown) => {
      if (kept && canStandIn(kept) && error instanceof OriginError) return undefined;
      throw error;
    });
    const status = answer?.statusCode ?? 502;
    if (kept && status >= 500 && canStandIn(kept)) {
      answer?.resume();
      const seconds = lifetime(status, {}, behavior.cache, distribution.errorTtls) ?? 0;
      keep({ ...kept, lifetime: (now() - kept.at) / 1_000 + seconds });
      return answerWith(kept, viewer, 'Hit');
    }
    const headers = passedOn(answer!.headers);
    const isConfirmed = kept !== undefined && status === 304;
    if (!isConfirmed && Number(headers['content-length'] ?? 0) > LARGEST) {
      cache.delete(what.key);
      return passOn(viewer, behavior, what, answer!);
    }
    const body = await buffer(answer!).catch((error: Error) => {
      throw new OriginError(502, error.message);
    });
    const entry = isConfirmed
      ? {
          ...kept,
          headers: { ...kept.headers, ...headers, 'content-length': String(kept.body.length) },
          at: now(),
        }
      : { status, headers, body, at: now(), lifetime: 0 };
    const seconds = lifetime(entry.status, entry.headers, behavior.cache, distribution.errorTtls);
    if (seconds === undefined) cache.delete(what.key);
    else keep({ ...entry, lifetime: seconds });
    return answerWith(entry, viewer, isConfirmed ? 'RefreshHit' : 'Miss');
  }

  /** Too large for the cache: the origin answers conditions and ranges, and the content isn't held up. */
  async function passOn(
    viewer: ViewerRequest,
    behavior: Behavior,
    what: CacheKey,
    whole: IncomingMessage,
  ): Promise<EdgeAnswer> {
    const narrowing = narrowingOf(viewer);
    if (Object.keys(narrowing).length === 0) return relay(whole);
    whole.destroy();
    return relay(await ask(viewer, behavior, what, narrowing));
  }

  function answerWith(entry: Entry, viewer: ViewerRequest, result: Result): EdgeAnswer {
    const age: Headers = result === 'Hit' ? { age: String(Math.floor((now() - entry.at) / 1_000)) } : {};
    const { status, headers, body } = narrow(entry, viewer.headers);
    return { status, headers: { ...headers, ...age }, body, result: status >= 400 ? 'Error' : result };
  }

  return async (viewer, behavior) => {
    const what = cacheKey(viewer, behavior.cache);
    if (viewer.method === 'OPTIONS') return relay(await ask(viewer, behavior, what));
    const { key } = what;
    const kept = cache.get(key);
    if (kept && isFresh(kept, now())) return answerWith(kept, viewer, 'Hit');
    if (viewer.method === 'HEAD') {
      const { body, ...answer } = relay(await ask(viewer, behavior, what, narrowingOf(viewer)));
      (body as IncomingMessage).resume();
      return answer;
    }
    const earlier = underway.get(key);
    if (earlier) {
      await earlier;
      // An answer that may not be cached is for one viewer alone.
      const filled = cache.get(key);
      if (filled && isFresh(filled, now())) return answerWith(filled, viewer, 'Hit');
      return obtain(viewer, behavior, what);
    }
    const answer = obtain(viewer, behavior, what);
    const settled = answer.catch(() => {}).finally(() => underway.delete(key));
    underway.set(key, settled);
    return answer;
  };
}

const narrowingOf = ({ headers }: ViewerRequest): Headers =>
  Object.fromEntries(NARROWING.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));

function pathOf({ path }: ViewerRequest, { defaultRootObject }: Distribution): string {
  return path === '/' && defaultRootObject ? `/${defaultRootObject}` : path;
}

function relay(answer: IncomingMessage): EdgeAnswer & { body: IncomingMessage } {
  const status = answer.statusCode!;
  return {
    status,
    headers: passedOn(answer.headers),
    body: answer,
    result: status >= 400 ? 'Error' : 'Miss',
  };
}

/** Revalidates stale content with the origin. An error is requested again. */
function validators({ status, headers }: Entry): Headers {
  if (status >= 400) return {};
  const { etag, 'last-modified': modified } = headers;
  return {
    ...(etag && { 'if-none-match': etag }),
    ...(modified && !etag && { 'if-modified-since': modified }),
  };
}

/** Stale content may be served while the origin fails. */
const canStandIn = ({ status, headers }: Entry) => status < 400 && mayBeStale(headers);
