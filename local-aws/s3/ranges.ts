import { AwsError } from '../service';

/** First and last byte, both included. */
export interface Range {
  start: number;
  end: number;
}

/**
 * Resolves a `Range` header against the size of an object.
 *
 * @returns undefined if S3 sends the whole object: without a range, or with a form it doesn't know, such as several
 *   ranges included
 * @throws AwsError `InvalidRange` (416) when no byte of the object is in the range
 */
export function resolveRange(header: string | undefined, size: number): Range | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [first, last] = [match[1]!, match[2]!];
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
      RangeRequested: header!,
      ActualObjectSize: String(size),
    });
  }
  return { start, end };
}
