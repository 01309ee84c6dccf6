/** Sends files to the server, a few at once, and says how far each has come. */
import { Failure, refusal } from './api.js';

/** Uploads at the same time. */
const AT_ONCE = 3;

/**
 * With XMLHttpRequest, because fetch doesn't report progress.
 *
 * @param {string} key
 * @param {File} file
 * @param {(part: number) => void} onProgress 0 to 1
 * @returns {Promise<import('../api').Done>}
 */
export function send(key, file, onProgress) {
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () =>
      request.status < 300
        ? resolve(JSON.parse(request.responseText))
        : reject(refusal(request.status, request.responseText));
    request.onerror = () => reject(new Failure('The console did not answer. Is it still running?', 0));
    request.open('POST', `/api/uploads?${new URLSearchParams({ key })}`);
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    request.send(file);
  });
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => Promise<void>} each never rejects
 */
export async function fewAtOnce(items, each) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await each(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
