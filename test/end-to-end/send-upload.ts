/** What an app does with the answer to `POST /uploads`. */
import type { CreatedUpload } from '../../functions/create-upload/create-upload';

/** How the API says that a file is to be sent. */
export type Signed = CreatedUpload['upload'];

/** Sends a file as the answer says. */
export function sendUpload(upload: Signed, file: Buffer | string): Promise<Response> {
  const body = new Uint8Array(Buffer.from(file));
  if (upload.method === 'PUT') {
    const { method, url, headers } = upload;
    return fetch(url, { method, headers, body });
  }
  const { method, url, fields } = upload;
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new Blob([body], { type: fields['Content-Type'] ?? '' }), 'x.jpg');
  return fetch(url, { method, body: data });
}

/** The key of the object that it becomes. */
export function keyOf(upload: Signed): string {
  if (upload.method === 'POST') return upload.fields['key'] as string;
  // The engine has the bucket in the path.
  return decodeURIComponent(new URL(upload.url).pathname.split('/').slice(2).join('/'));
}
