/** What went wrong, in words. The API answers problem details (RFC 9457), S3 answers XML. */

export class Failure extends Error {
  /**
   * @param {string} name for machines, such as ImageTooLarge
   * @param {string} message for people
   * @param {{ passes?: boolean, after?: number }} [options] whether it may go by itself, and the seconds to wait
   */
  constructor(name, message, { passes = false, after = 0 } = {}) {
    super(message);
    this.name = name;
    this.passes = passes;
    this.after = after;
  }
}

/** A request that got no answer: the browser does not tell why. */
export function noAnswer(from) {
  return new Failure(
    'NoAnswer',
    `${from} did not answer. Check the connection; if it is fine, ${from} may not allow requests from ${location.origin} (corsOrigins in the settings).`,
    { passes: true },
  );
}

/** @param {Response} answer of the API that is not what was asked for */
export async function apiFailure(answer) {
  const { status } = answer;
  const passes = status === 429 || status >= 500;
  const after = Number(answer.headers.get('retry-after')) || 0;
  // API Gateway itself answers { message }, as it does to a token that is not valid.
  const { error, detail, faults, message } = await answer.json().catch(() => ({}));
  if (status === 401)
    return new Failure('SignedOut', 'You are not signed in any more. Sign in and try again.', {
      passes: true,
    });
  const reasons = error ? [] : (faults ?? []).map((fault) => `${fault.pointer.slice(1)}: ${fault.detail}`);
  const words = [detail ?? message ?? `The API answered ${status}.`, ...reasons].join(' ');
  return new Failure(error ?? `Http${status}`, words, { passes, after });
}

/** What S3 says of a form it refuses: docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function s3Failure(status, xml) {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  const text = (name) => document.querySelector(`Error > ${name}`)?.textContent ?? '';
  const code = text('Code') || `Http${status}`;
  const message = text('Message');
  if (code === 'EntityTooLarge') {
    const most = Number(text('MaxSizeAllowed'));
    return new Failure(
      code,
      `S3 refused it: it is too large.${most ? ` At most ${size(most)} are allowed.` : ''}`,
    );
  }
  if (code === 'EntityTooSmall') return new Failure(code, 'S3 refused it: the file is empty.');
  if (code === 'AccessDenied' && /expired/i.test(message)) {
    return new Failure('FormExpired', 'S3 refused it: uploading took too long to begin. Try again.', {
      passes: true,
    });
  }
  const passes = status >= 500;
  return new Failure(code, `S3 refused it: ${message || `it answered ${status}`}`, { passes });
}

const UNITS = [
  ['byte', 1],
  ['kilobyte', 1e3],
  ['megabyte', 1e6],
];

/** "1.2 MB" */
export function size(bytes) {
  const [unit, by] = UNITS.findLast(([, least]) => bytes >= least) ?? UNITS[0];
  const format = {
    style: 'unit',
    unit,
    unitDisplay: bytes < 1e3 ? 'long' : 'short',
    maximumSignificantDigits: 3,
  };
  return new Intl.NumberFormat('en', format).format(bytes / by);
}
