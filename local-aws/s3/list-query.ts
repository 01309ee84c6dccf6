import { invalidArgument } from './errors';
import type { Exchange } from './exchange';
import { pageLimit } from './paginate';

/** The query parameters that all listings of a bucket share. */
export interface ListQuery {
  prefix: string;
  delimiter: string;
  limit: number;
  /** Writes a key as the caller wants it: unchanged, or URL-encoded so that any key fits into XML. */
  encode: (text: string) => string;
  /** Elements that repeat the query. */
  elements: Record<string, string | undefined>;
}

/**
 * @param limitName `max-keys` or `max-uploads`
 * @throws AwsError `InvalidArgument`
 */
export function listQuery(query: Map<string, string>, limitName: string): ListQuery {
  const encoding = query.get('encoding-type') || undefined;
  if (encoding !== undefined && encoding !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding);
  }
  const encode = encoding === 'url' ? urlEncode : (text: string) => text;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  return {
    prefix,
    delimiter,
    limit: pageLimit(query, limitName),
    encode,
    elements: {
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      EncodingType: encoding,
    },
  };
}

/** Asks whether the caller may list, with the condition keys by which IAM policies restrict listings. */
export async function allowList(
  exchange: Exchange,
  action: string,
  { query } = exchange.request,
): Promise<void> {
  const context: Record<string, string> = {};
  for (const name of ['prefix', 'delimiter', 'max-keys']) {
    const value = query.get(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  await exchange.allowBucket(action, context);
}

/** As S3 encodes keys: like a form, with slashes left as they are. */
function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
