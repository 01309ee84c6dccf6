/**
 * Who is signed in, and where the API is. Replace this file: `config.json` gives everyone who opens the page the same
 * token, which is only right on your own machine. README.md says how to sign users in.
 *
 * @returns {Promise<{ api: string, token: string }>} `api` without a slash at the end
 */
export async function session() {
  const answer = await fetch('config.json', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`Expected config.json next to this page but received ${answer.status}.`);
  const { api, token } = await answer.json();
  if (!api || !token) throw new Error('Expected "api" and "token" in config.json.');
  return { api: api.replace(/\/$/, ''), token };
}
