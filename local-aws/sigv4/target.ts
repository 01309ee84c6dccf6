import { AwsError } from '../service';

/** A request target, split and decoded. */
export interface Target {
  /** Path as it was sent, percent-encoded. */
  rawPath: string;
  /** Path with every percent-escape decoded once. */
  path: string;
  /** Query parameters in the order they were sent. */
  query: [name: string, value: string][];
}

/**
 * Splits the target of an HTTP request.
 *
 * The WHATWG `URL` class is no help here: it resolves `..` and so changes object keys, and the signature covers the
 * path as it was sent.
 *
 * @throws AwsError `InvalidURI` when a percent-escape is malformed or is not UTF-8
 */
export function parseTarget(url: string): Target {
  const origin = /^https?:\/\/[^/?]*/i.exec(url)?.[0] ?? '';
  const target = url.slice(origin.length).replace(/#.*$/s, '');
  const mark = target.indexOf('?');
  const rawPath = (mark < 0 ? target : target.slice(0, mark)) || '/';
  const rawQuery = mark < 0 ? '' : target.slice(mark + 1);
  return {
    rawPath,
    path: decode(rawPath),
    query: rawQuery
      .split('&')
      .filter((parameter) => parameter !== '')
      .map((parameter) => {
        const equals = parameter.indexOf('=');
        const name = equals < 0 ? parameter : parameter.slice(0, equals);
        const value = equals < 0 ? '' : parameter.slice(equals + 1);
        return [decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' '))];
      }),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400, { URI: text });
  }
}
