/**
 * Who is signed in, and where the API is. Replace this file: `config.json` gives everyone who opens the page the same
 * token, which is only right on your own machine. README.md says how to sign users in.
 *
 * @returns {Promise<{ api: string, token: string }>} `api` without a slash at the end
 */
export function session() {
  found ??= read().catch((error) => {
    found = undefined;
    throw error;
  });
  return found;
}

let found;

async function read() {
  const answer = await fetch('config.json', { cache: 'no-store' }).catch(() => {
    throw new Error('This page’s server does not answer. Is it still running?');
  });
  if (!answer.ok) throw new Error(`Expected config.json next to this page but received ${answer.status}.`);
  const { api, token } = await answer.json();
  if (!api || !token) throw new Error('Expected "api" and "token" in config.json.');
  return { api: api.replace(/\/$/, ''), token };
}
