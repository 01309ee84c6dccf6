/**
 * Who is signed in, and where the API is. This is the file to replace: `config.json` hands the same token to everyone
 * who opens the page, which is right on one's own machine only. README.md says how to sign users in.
 *
 * @returns {Promise<{ api: string, token: string }>} `api` without a slash at the end
 */
export async function session() {
  const answer = await fetch('config.json', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`Expected config.json beside this page but received ${answer.status}.`);
  const { api, token } = await answer.json();
  if (!api || !token) throw new Error('Expected "api" and "token" in config.json.');
  return { api: api.replace(/\/$/, ''), token };
}
