import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { refusalOf, withoutSignature } from '../../../local-aws/cloudfront/signature';
import type { ViewerRequest } from '../../../local-aws/cloudfront/viewer';

/** What AWS's own library signs, and what somebody made of it. */

const pem = ({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) => ({
  publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
  privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
});
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const ec = pem(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }));
const stranger = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }));

const KEYS = [
  { id: 'KRSA', pem: rsa.publicKey },
  { id: 'KEC', pem: ec.publicKey },
];
const NOW = Date.UTC(2030, 0, 1);
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();
const HOST = '127.0.0.1:4567';
const URL_OF = (target: string) => `http://${HOST}${target}`;
const TARGET = '/a~20b.png/small.webp?v=abc';

const canned = (more: object = {}) =>
  getSignedUrl({
    url: URL_OF(TARGET),
    keyPairId: 'KRSA',
    privateKey: rsa.privateKey,
    dateLessThan: at(60),
    ...more,
  });

const policyOf = (Resource: string, condition: object = {}) =>
  JSON.stringify({
    Statement: [
      {
        Resource,
        Condition: { DateLessThan: { 'AWS:EpochTime': NOW / 1_000 + 60 }, ...condition },
      },
    ],
  });
const custom = (policy: string, target = TARGET) =>
  getSignedUrl({ url: URL_OF(target), keyPairId: 'KRSA', privateKey: rsa.privateKey, policy });

/** A request as the edge sees it. */
function requestOf(url: string, cookies: object = {}, address = '127.0.0.1'): ViewerRequest {
  const target = url.slice(URL_OF('').length);
  const [path = '', query = ''] = target.split('?');
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
  return {
    method: 'GET',
    path,
    query: query
      .split('&')
      .filter((raw) => raw !== '')
      .map((raw) => ({ name: decodeURIComponent(raw.split('=')[0]!), raw })),
    headers: { host: HOST, ...(cookie && { cookie: `session=1; ${cookie}` }) },
    address,
  };
}

const answerTo = (request: ViewerRequest, now = NOW) => refusalOf(request, KEYS, now)?.code ?? 'answered';
const answer = (url: string, cookies?: object, address?: string) =>
  answerTo(requestOf(url, cookies, address));

describe('what is answered', () => {
  test.each([
    ['a canned policy', canned()],
    ['a canned policy for a path without parameters', canned({ url: URL_OF('/a.png') })],
    ['the digest SHA-256', canned({ algorithm: 'SHA256' })],
    ['a key on the curve P-256', canned({ keyPairId: 'KEC', privateKey: ec.privateKey })],
    ['a custom policy for this URL', custom(policyOf(URL_OF(TARGET)))],
    ['a custom policy with wildcards', custom(policyOf('http*://127.0.0.?:4567/a~20b.png/*'))],
    ['a custom policy for everything', custom(policyOf('*'))],
    [
      'a custom policy that has begun, for a range of addresses',
      canned({ dateGreaterThan: at(-1), ipAddress: '127.0.0.0/8' }),
    ],
  ])('%s', (_, url) => {
    expect(answer(url)).toBe('answered');
  });

  test('a cookie with either policy', () => {
    const cookies = (more: object) =>
      getSignedCookies({ keyPairId: 'KRSA', privateKey: rsa.privateKey, ...more } as never);
    const unsigned = URL_OF(TARGET);
    expect(answer(unsigned, cookies({ url: unsigned, dateLessThan: at(60) }))).toBe('answered');
    expect(answer(unsigned, cookies({ policy: policyOf(URL_OF('/*')) }))).toBe('answered');
    const elsewhere = cookies({ policy: policyOf(URL_OF('/b.png/*')) });
    expect(answer(unsigned, elsewhere)).toBe('AccessDenied');
    // A signed URL decides alone, even if the cookies would open it.
    const open = cookies({ policy: policyOf('*') });
    expect(answer(canned().replace('small', 'large'), open)).toBe('AccessDenied');
  });

  test('hides the parameters of the signature from the cache and the origins, and no others', () => {
    const named = (url: string) => withoutSignature(requestOf(url)).query.map(({ raw }) => raw);
    expect(named(`${canned()}&constructor=1`)).toEqual(['v=abc', 'constructor=1']);
    expect(named(`${custom(policyOf('*'))}&Hash-Algorithm=SHA1`)).toEqual(['v=abc']);
  });
});

describe('what is refused', () => {
  const signature = /Signature=([^&]+)/;
  const forged = (url: string) => {
    const bytes = sign('sha1', Buffer.from('something else'), rsa.privateKey).toString('base64');
    return url.replace(
      signature,
      `Signature=${bytes.replace(/[+=/]/g, (c) => ({ '+': '-', '=': '_' })[c] ?? '~')}`,
    );
  };

  test.each<[string, string, string]>([
    ['no signature', URL_OF(TARGET), 'MissingKey'],
    ['no id of a key', canned().replace(/&Key-Pair-Id=\w+/, ''), 'MissingKey'],
    ['an unknown key', canned({ keyPairId: 'KOTHER' }), 'InvalidKey'],
    ['a signature by a stranger', canned({ privateKey: stranger.privateKey }), 'AccessDenied'],
    ['the id of another trusted key', canned().replace('KRSA', 'KEC'), 'AccessDenied'],
    ['another path', canned().replace('small', 'large'), 'AccessDenied'],
    ['another parameter', canned().replace('v=abc', 'v=abd'), 'AccessDenied'],
    ['one more parameter', canned().replace('v=abc', 'v=abc&w=1'), 'AccessDenied'],
    [
      'a later end',
      canned().replace(/Expires=(\d+)/, (_, end) => `Expires=${Number(end) + 1}`),
      'AccessDenied',
    ],
    ['no end', canned().replace(/Expires=\d+&/, ''), 'AccessDenied'],
    ['no end in the signed text', canned().replace(/Expires=\d+/, 'Expires=1e99'), 'MalformedPolicy'],
    ['a signature of something else', forged(canned()), 'AccessDenied'],
    ['half a signature', canned().replace(signature, 'Signature=AAAA'), 'AccessDenied'],
    ['what is no signature', canned().replace(signature, 'Signature=%F0%9F%8D%8E'), 'MalformedSignature'],
    ['usual base64', canned().replace(signature, 'Signature=AA=='), 'MalformedSignature'],
    ['bits that base64 ignores', canned().replace(signature, 'Signature=AB__'), 'MalformedSignature'],
    ['another digest', `${canned()}&Hash-Algorithm=SHA256`, 'AccessDenied'],
    ['an unknown digest', `${canned()}&Hash-Algorithm=constructor`, 'AccessDenied'],
    ['a policy that was altered', custom(policyOf('*')).replace(/Policy=e/, 'Policy=f'), 'AccessDenied'],
    ['a policy for another URL', custom(policyOf(URL_OF('/b.png?v=abc'))), 'AccessDenied'],
    ['a policy whose ? stands for one character', custom(policyOf(URL_OF('/a~20b.png/?'))), 'AccessDenied'],
    ['a policy without an end', custom('{"Statement":[{"Resource":"*","Condition":{}}]}'), 'MalformedPolicy'],
    ['a policy with an unknown condition', custom(policyOf('*', { Referer: {} })), 'MalformedPolicy'],
    ['a policy that is no JSON', custom('everything'), 'MalformedPolicy'],
    ['a policy of the future', canned({ dateGreaterThan: at(1) }), 'AccessDenied'],
    ['another address', canned({ ipAddress: '10.0.0.0/8' }), 'AccessDenied'],
  ])('%s', (_, url, code) => {
    expect(answer(url)).toBe(code);
  });

  test('a policy for addresses, from an address of the other kind', () => {
    expect(answer(canned({ ipAddress: '0.0.0.0/0' }), {}, '::1')).toBe('AccessDenied');
  });

  test('a policy whose wildcards fit in more ways than could be tried', () => {
    const many = custom(policyOf(URL_OF(`/${'*a'.repeat(30)}b`)), `/${'a'.repeat(300)}`);
    expect(answer(many)).toBe('AccessDenied');
  });

  test('another host', () => {
    const request = requestOf(canned());
    expect(answerTo({ ...request, headers: { host: 'evil.example' } })).toBe('AccessDenied');
  });

  test('a URL from the second on in which it ends', () => {
    const request = requestOf(canned());
    expect(answerTo(request, NOW + 60_000 - 1)).toBe('answered');
    expect(answerTo(request, NOW + 60_000)).toBe('AccessDenied');
  });
});
