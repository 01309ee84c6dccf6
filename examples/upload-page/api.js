/** The API's two requests: to sign an upload, and for the status of an upload. */
import { apiFailure, Failure, noAnswer, offline } from './failure.js';
import { session } from './session.js';

/** Milliseconds between two status requests: the first wait, the longest, and how waits grow. */
const WAIT = { first: 500, most: 10_000, growth: 1.5 };

/** @returns how to send the file, and the path to ask for its status */
export async function createUpload(file) {
  // S3 would keep it, and the workflow would refuse it later.
  if (file.size === 0) throw new Failure('EmptyObject', 'The file is empty.');
  const body = JSON.stringify({
    fileName: file.name,
    contentType: file.type || typeByName(file.name),
    size: file.size,
  });
  const answer = await call('/uploads', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  if (answer.status !== 201) throw await apiFailure(answer);
  return answer.json();
}

/** The type is empty if the browser doesn't know one for the file's extension, as most browsers know none for HEIC. */
const typeByName = (name) => (/\.hei[cf]$/i.test(name) ? 'image/heic' : 'application/octet-stream');

/**
 * Polls until an upload is finished. Each request has the ETag of the last answer, so that an unchanged answer has no body.
 * The waits grow, and are never shorter than the API asks for. A temporary failure doesn't end it.
 *
 * @param {string} path as it came with the signed upload
 * @param {(failure?: Failure) => void} onAnswer a temporary failure; nothing after an answer
 * @returns the image: DONE or FAILED
 */
export async function outcome(path, onAnswer) {
  let etag = '';
  for (let wait = WAIT.first; ; wait = Math.min(wait * WAIT.growth, WAIT.most)) {
    let after = 0;
    try {
      const answer = await call(path, { headers: etag ? { 'if-none-match': etag } : {} });
      if (answer.status !== 304) {
        if (!answer.ok) throw await apiFailure(answer);
        etag = answer.headers.get('etag') ?? '';
        const image = await answer.json();
        if (image.status !== 'PROCESSING') return image;
      }
      after = Number(answer.headers.get('retry-after')) || 0;
      onAnswer();
    } catch (failure) {
      if (!failure.passes || failure.name === 'SignedOut') throw failure;
      after = failure.after;
      onAnswer(failure);
    }
    // Random, so that many uploads don't ask at the same moment.
    await pause(Math.max(wait, after * 1000) * (1 + Math.random() / 4));
  }
}

async function call(path, { headers, ...request }) {
  const { api, token } = await signIn();
  try {
    return await fetch(api + path, {
      ...request,
      headers: { ...headers, authorization: `Bearer ${token}` },
      cache: 'no-store',
    });
  } catch {
    throw noAnswer('The API');
  }
}

/** @returns what `session` does. @throws Failure */
export function signIn() {
  return session().catch(({ message }) => {
    throw navigator.onLine ? new Failure('SignedOut', message, { passes: true }) : offline();
  });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
