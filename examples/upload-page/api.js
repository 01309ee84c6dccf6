/** The two requests of the API: a form to upload with, and what became of an upload. */
import { apiFailure, Failure, noAnswer } from './failure.js';
import { session } from './session.js';

/** Milliseconds between two questions: at first, at most, and how they grow. */
const WAIT = { first: 500, most: 10_000, growth: 1.5 };

/** @returns the form, and where to ask what became of it */
export async function createUpload(file) {
  const body = JSON.stringify({
    fileName: file.name,
    // Browsers leave it empty where they know no type for the ending of the name.
    contentType: file.type || 'application/octet-stream',
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

/**
 * Asks until it is known what became of an upload. The ETag of the last answer goes along, so that the same answer costs
 * no body; the pauses grow, and are never shorter than the API asks for. A fault that passes does not end it.
 *
 * @param {string} path as the form came with it
 * @returns the image: DONE or FAILED
 */
export async function outcome(path) {
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
    } catch (failure) {
      if (!failure.passes || failure.name === 'SignedOut') throw failure;
      after = failure.after;
    }
    // Spread, so that many uploads do not ask at once.
    await pause(Math.max(wait, after * 1000) * (1 + Math.random() / 4));
  }
}

async function call(path, { headers, ...request }) {
  const { api, token } = await session().catch(({ message }) => {
    throw new Failure('SignedOut', message, { passes: true });
  });
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

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
