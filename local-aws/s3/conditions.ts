import { noSuchKey, notImplemented, preconditionFailed } from './errors';
import type { Precondition } from './store/bucket';
import type { ObjectVersion } from './store/version';

type Headers = Map<string, string>;

/**
 * Decides a conditional read. As RFC 9110 has it, a condition on the ETag outranks the one on the date.
 *
 * @param prefix of the name of each condition: `x-amz-copy-source-` for the source of a copy
 * @returns whether the caller has this version already (304)
 * @throws AwsError `PreconditionFailed`
 */
export function isNotModified(headers: Headers, version: ObjectVersion, prefix = ''): boolean {
  const get = (name: string) => headers.get(`${prefix}${name}`);
  const modified = Date.parse(version.lastModified);
  const match = get('if-match');
  const unmodifiedSince = date(get('if-unmodified-since'));
  if (match !== undefined) {
    if (!matches(match, version)) throw preconditionFailed('If-Match');
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const noneMatch = get('if-none-match');
  const modifiedSince = date(get('if-modified-since'));
  if (noneMatch !== undefined) return matches(noneMatch, version);
  return modifiedSince !== undefined && modified <= modifiedSince;
}

/**
 * Checks the condition of a write at the moment of the write, so that only one of several writers wins.
 *
 * @throws AwsError `NotImplemented` for an `If-None-Match` other than `*`, as S3 does
 */
export function writeCondition(headers: Headers, key: string): Precondition {
  const match = headers.get('if-match');
  const noneMatch = headers.get('if-none-match');
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw notImplemented(`If-None-Match: ${noneMatch} on a write (only * is)`);
  }
  return (current) => {
    if (noneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
    if (match === undefined) return;
    if (!current) throw noSuchKey(key);
    if (!matches(match, current)) throw preconditionFailed('If-Match');
  };
}

/** The condition of a delete: the ETag that the current version must have, or `*` for any. */
export function deleteCondition(match: string | undefined, key: string): Precondition {
  return (current) => {
    if (match === undefined || (current && matches(match, current))) return;
    throw current || match === '*' ? preconditionFailed('If-Match') : noSuchKey(key);
  };
}

function matches(list: string, { etag }: ObjectVersion): boolean {
  return list.split(',').some((item) => {
    const tag = item.trim().replace(/^"(.*)"$/, '$1');
    return tag === '*' || tag === etag;
  });
}

/** A malformed date is ignored. */
function date(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
