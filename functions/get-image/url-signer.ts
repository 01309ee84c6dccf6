import type { SigningEnvironment } from '../../contract/environment';
import type { Reader } from '../lib/runtime/environment';
import { readParameter } from './read-parameter';
import { expiryOf, signedUrl } from './sign-url';
import { keep, signingKey } from './signing-key';

/** @returns what signs the URLs of one answer, which all expire together */
export type UrlSigner = () => Promise<(url: string) => string>;

/** @returns undefined if viewers need no signature */
export function urlSignerFrom(environment: Reader<SigningEnvironment>): UrlSigner | undefined {
  const parameter = environment.optional('SIGNING_KEY_PARAMETER');
  if (parameter === '') return undefined;
  const keyIds = JSON.parse(environment.optional('SIGNING_KEY_IDS')) as Record<string, string>;
  const seconds = Number(environment.optional('SIGNED_URL_SECONDS'));
  const currentKey = keep(async () => signingKey(await readParameter(parameter), keyIds, parameter));
  return async () => {
    const key = await currentKey();
    const expiry = expiryOf(Date.now(), seconds);
    return (url) => signedUrl(url, key, expiry);
  };
}
