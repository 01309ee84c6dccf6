/** Turns failures into messages. The API answers with problem details (RFC 9457), S3 with XML. */

export class Failure extends Error {
  /**
   * @param {string} name for programs, for example ImageTooLarge
   * @param {string} message for people
   * @param {{ passes?: boolean, after?: number, status?: number }} [options] whether it may be temporary, the seconds to
   *   wait, and the status of the API's answer
   */
  constructor(name, message, { passes = false, after = 0, status } = {}) {
    super(message);
    this.name = name;
    this.passes = passes;
    this.after = after;
    this.status = status;
  }
}

/** A request without an answer. Browsers don't say why. */
export function noAnswer(from) {
  if (!navigator.onLine) return offline();
  return new Failure(
    'NoAnswer',
    `${from} did not answer. Check the connection; if it is fine, ${from} may not allow requests from ${location.origin} (corsOrigins in the settings).`,
    { passes: true },
  );
}

export const offline = () => new Failure('Offline', 'You are offline.', { passes: true });

/** @param {Response} answer from the API with an unexpected status */
export async function apiFailure(answer) {
  const { status } = answer;
  const passes = status === 429 || status >= 500;
  const after = Number(answer.headers.get('retry-after')) || 0;
  // API Gateway itself answers { message }, for example to an invalid token.
  const { error, detail, faults, message } = await answer.json().catch(() => ({}));
  if (status === 401)
    return new Failure('SignedOut', 'You are no longer signed in. Sign in and try again.', {
      passes: true,
    });
  const reasons = error ? [] : (faults ?? []).map((fault) => `${fault.pointer.slice(1)}: ${fault.detail}`);
  if (error === 'UnsupportedFormat') return new Failure(error, unsupported(detail));
  const words = [detail ?? message ?? `The API answered ${status}.`, ...reasons].join(' ');
  return new Failure(error ?? `Http${status}`, words, { passes, after, status });
}

/** As people write it. @param {string} format for example jpeg */
export const nameOfFormat = (format) => (format === 'webp' ? 'WebP' : format.toUpperCase());

/** @param {string} detail in which the API names the content types that it accepts, and then the file's */
function unsupported(detail) {
  const [accepted] = detail.split(' but received ');
  const names = [...accepted.matchAll(/image\/([a-z]+)/g)].map(([, name]) => nameOfFormat(name));
  if (names.length === 0) return detail;
  const all = new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
  return `Only pictures in the format${names.length > 1 ? 's' : ''} ${all} are accepted.`;
}

/** Why S3 refused a file: docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function s3Failure(status, xml) {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  const text = (name) => document.querySelector(`Error > ${name}`)?.textContent ?? '';
  const code = text('Code') || `Http${status}`;
  const message = text('Message');
  if (code === 'SignatureDoesNotMatch') {
    return new Failure(
      'FileChanged',
      'S3 refused it: the file is no longer the one that was chosen, or has another size. Choose it again.',
    );
  }
  if (code === 'AccessDenied' && /expired/i.test(message)) {
    return new Failure('UploadExpired', 'S3 refused it: the upload began too late. Try again.', {
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

/** For example "1.2 MB". */
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
