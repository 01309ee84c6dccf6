/** Conditional requests and ranges, answered from the cache: RFC 9110, sections 13 and 14. */

import type { IncomingHttpHeaders } from 'node:http';
import { type Range, resolveRange } from '../s3/ranges';
import type { Entry } from './cache';
import type { Headers } from './headers';

/** Headers of a request that ask for less than the whole content. */
export const NARROWING = [
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'range',
];

export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** What the viewer gets: the whole answer, a part of it, or a 304. */
export function narrow({ status, headers, body }: Entry, viewer: IncomingHttpHeaders): Answer {
  if (status !== 200) return { status, headers, body };
  const etag = headers['etag'] as string | undefined;
  const modified = Date.parse(String(headers['last-modified'] ?? ''));

  const unmet =
    viewer['if-match'] !== undefined
      ? !includes(viewer['if-match'], etag)
      : modified > Date.parse(viewer['if-unmodified-since'] ?? '');
  if (unmet) return empty(412, headers);
  const known =
    viewer['if-none-match'] !== undefined
      ? includes(viewer['if-none-match'], etag)
      : modified <= Date.parse(viewer['if-modified-since'] ?? '');
  if (known) return empty(304, headers);

  const asked = appliesTo(viewer['if-range'] as string | undefined, etag, modified)
    ? viewer.range
    : undefined;
  let range: Range | undefined;
  try {
    range = resolveRange(asked, body.length);
  } catch {
    return empty(416, { 'content-range': `bytes */${body.length}` });
  }
  if (range === undefined) return { status, headers: { ...headers, 'accept-ranges': 'bytes' }, body };
  const { start, end } = range;
  const part = { 'accept-ranges': 'bytes', 'content-range': `bytes ${start}-${end}/${body.length}` };
  return { status: 206, headers: { ...headers, ...part }, body: body.subarray(start, end + 1) };
}

const empty = (status: number, { 'content-length': _, ...headers }: Headers): Answer => ({
  status,
  headers,
  body: Buffer.alloc(0),
});

/** Weak comparison is enough for reading. */
function includes(list: string, etag: string | undefined): boolean {
  const plain = (tag: string) => tag.trim().replace(/^W\//, '');
  return list
    .split(',')
    .some((each) => each.trim() === '*' || (etag !== undefined && plain(each) === plain(etag)));
}

/** An invalid date is neither earlier nor later. */
function appliesTo(ifRange: string | undefined, etag: string | undefined, modified: number): boolean {
  if (ifRange === undefined) return true;
  return ifRange.startsWith('"') ? ifRange === etag : modified <= Date.parse(ifRange);
}
