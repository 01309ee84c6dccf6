/** What an app does with the answer to `POST /uploads`. */

/** How the API says that a file is to be sent. */
export interface Grant {
  url: string;
  fields: Record<string, string>;
}

/** Sends a file as the answer says. */
export function sendUpload({ url, fields }: Grant, file: Buffer | string): Promise<Response> {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  const type = fields['Content-Type'] ?? '';
  data.append('file', new Blob([new Uint8Array(Buffer.from(file))], { type }), 'x.jpg');
  return fetch(url, { method: 'POST', body: data });
}

/** The key of the object that it becomes. */
export const keyOf = ({ fields }: Grant): string => fields['key'] as string;
