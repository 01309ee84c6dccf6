/** What a viewer requests from a distribution, and which of its behaviors applies. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { parseTarget } from '../sigv4';
import { matchesWildcards } from '../wildcards';
import { keyOf } from './cache';
import type { Behavior, CachePolicy, Distribution, Selection } from './model';

export interface ViewerRequest {
  method: string;
  /** As it was sent. */
  path: string;
  /** Parameters as they were sent, each with its decoded name. */
  query: { name: string; raw: string }[];
  headers: IncomingHttpHeaders;
  address: string;
}

/** @throws AwsError for a path that cannot be decoded */
export function viewerRequest(request: IncomingMessage): ViewerRequest {
  const url = request.url ?? '/';
  const { rawPath, query } = parseTarget(url);
  const raw = (/\?([^#]*)/.exec(url)?.[1] ?? '').split('&').filter((parameter) => parameter !== '');
  return {
    method: request.method ?? 'GET',
    path: rawPath,
    query: raw.map((parameter, n) => ({ name: query[n]![0], raw: parameter })),
    headers: request.headers,
    address: request.socket.remoteAddress ?? '',
  };
}

/** The first behavior whose path pattern matches. It is case-sensitive; its leading slash is optional. */
export function behaviorFor({ behaviors }: Pick<Distribution, 'behaviors'>, path: string): Behavior {
  return (
    behaviors.find(({ pathPattern }) => matchesWildcards(`/${pathPattern.replace(/^\//, '')}`, path)) ??
    behaviors.at(-1)!
  );
}

/** The part of a request that its answer depends on, which is also all that reaches an origin. */
export interface CacheKey {
  /** Identifies the answer. */
  key: string;
  /** Without `?`. */
  query: string;
  headers: Record<string, string>;
}

export function cacheKey({ path, query, headers }: ViewerRequest, policy: CachePolicy): CacheKey {
  const kept = query.filter(({ name }) => counts(name, policy.queryStrings)).map(({ raw }) => raw);
  const named = policy.headers.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return {
    key: keyOf(path, kept, named),
    query: kept.join('&'),
    headers: Object.fromEntries(named),
  };
}

const counts = (name: string, selection: Selection): boolean =>
  'only' in selection ? selection.only.includes(name) : !selection.allBut.includes(name);
