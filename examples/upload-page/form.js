import { noAnswer, s3Failure } from './failure.js';

/**
 * Sends a file to S3 with a presigned form. It uses XMLHttpRequest because fetch doesn't report progress.
 *
 * @param {{ url: string, fields: Record<string, string> }} form
 * @param {File} file
 * @param {(part: number) => void} onProgress 0 to 1
 */
export function sendForm({ url, fields }, file, onProgress) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  // S3 ignores fields after the file.
  data.append('file', file);

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(s3Failure(request.status, request.responseText));
    request.onerror = () => reject(noAnswer('S3'));
    request.open('POST', url);
    request.send(data);
  });
}
