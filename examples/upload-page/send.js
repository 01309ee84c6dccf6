import { noAnswer, s3Failure } from './failure.js';

/** S3 already has the file: the browser has sent a request again whose answer was lost. What is signed works once. */
const ALREADY_THERE = 412;

/**
 * Sends a file to S3 as the API has signed it. It uses XMLHttpRequest because fetch doesn't report progress.
 *
 * @param {{ method: string, url: string, headers: Record<string, string> }} upload
 * @param {File} file
 * @param {(part: number) => void} onProgress 0 to 1
 */
export function send({ method, url, headers }, file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () =>
      request.status < 300 || request.status === ALREADY_THERE
        ? resolve()
        : reject(s3Failure(request.status, request.responseText));
    request.onerror = () => reject(noAnswer('S3'));
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(file);
  });
}
