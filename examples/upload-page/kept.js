/** The uploads of this browser, so that they are still there after a reload. Only names and paths are kept, no pictures. */

const KEY = 'uploads';
const MOST = 24;

/** @returns {{ name: string, status: string }[]} newest first */
export function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '[]');
  } catch {
    return [];
  }
}

/** @param {string} status the path to ask for the upload's status */
export const keep = (name, status) => write([{ name, status }, ...without(status)]);

export const forget = (status) => write(without(status));

const without = (status) => kept().filter((upload) => upload.status !== status);

function write(uploads) {
  try {
    localStorage.setItem(KEY, JSON.stringify(uploads.slice(0, MOST)));
  } catch {
    // The browser allows no storage here. The page works without.
  }
}
