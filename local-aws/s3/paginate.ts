import { invalidArgument } from './errors';
import { compareKeys } from './store/sorted-keys';

/** S3 lists at most this many at a time. */
const MAX_PAGE = 1000;

/** One page of a listing. */
export interface Page<T> {
  items: T[];
  /** Keys that are the same up to the next delimiter are listed as one common prefix. */
  prefixes: string[];
  truncated: boolean;
  /** The last key or common prefix of the page; the next page starts after it. */
  last: string | undefined;
}

export interface Grouping {
  prefix: string;
  delimiter: string;
  /** The most items and common prefixes together. */
  limit: number;
  /** The listing starts after this key or common prefix. */
  after: string;
}

/**
 * Takes one page from items that are ordered by key. Items with the delimiter after the prefix become common prefixes.
 *
 * @param items those with the prefix, from where the page starts
 */
export function paginate<T extends { key: string }>(items: Iterable<T>, grouping: Grouping): Page<T> {
  const { prefix, delimiter, limit, after } = grouping;
  const page: Page<T> = { items: [], prefixes: [], truncated: false, last: undefined };
  if (limit === 0) return page;
  for (const item of items) {
    const common = commonPrefix(item.key, prefix, delimiter);
    if (common !== undefined && (common === page.prefixes.at(-1) || compareKeys(common, after) <= 0))
      continue;
    if (page.items.length + page.prefixes.length === limit) return { ...page, truncated: true };
    if (common === undefined) page.items.push(item);
    else page.prefixes.push(common);
    page.last = common ?? item.key;
  }
  return page;
}

/** Reads the size of a page from the query. @throws AwsError `InvalidArgument` */
export function pageLimit(query: Map<string, string>, name: string): number {
  const text = query.get(name) || String(MAX_PAGE);
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  }
  return Math.min(Number(text), MAX_PAGE);
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const index = key.indexOf(delimiter, prefix.length);
  return index < 0 ? undefined : key.slice(0, index + delimiter.length);
}
