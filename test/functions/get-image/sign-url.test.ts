import fc from 'fast-check';
import { expiryOf, signedUrl } from '../../../functions/get-image/sign-url';
import { refusalOf } from '../../../local-aws/cloudfront/signature';
import { keyPair } from '../../fixtures/key-pair';

const { publicKey, privateKey } = keyPair();
const key = { keyPairId: 'KONE', privateKey };
const URL_OF_IT = 'http://cdn.example.com/uploads/a~20b.jpg/small.webp?v=0123456789';

test('a URL is valid for at most the lifetime, and at least for half of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 604_800 }), fc.nat(4e12), (seconds, now) => {
      const left = expiryOf(now, seconds) - now / 1_000;
      expect(left).toBeLessThanOrEqual(seconds);
      // It is a whole second.
      expect(left).toBeGreaterThan(seconds / 2 - 1);
    }),
  );
});

test('it expires at the same time for everyone within one half of the lifetime, so that it stays the same', () => {
  const start = 1_800_000_000_000;
  const at = (seconds: number) => expiryOf(start + seconds * 1_000, 3_600);
  expect([at(0), at(1_799.999)]).toEqual([1_800_003_600, 1_800_003_600]);
  expect(at(1_800)).toBe(1_800_005_400);
  expect(signedUrl(URL_OF_IT, key, at(0))).toBe(signedUrl(URL_OF_IT, key, at(1_799)));
});

test('the CDN takes it until then, with the parameters that it had', () => {
  const url = signedUrl(URL_OF_IT, key, 1_800_003_600);
  expect(url).toMatch(
    /^http:\/\/cdn\.example\.com\/uploads\/a~20b\.jpg\/small\.webp\?v=0123456789&Expires=1800003600&Key-Pair-Id=KONE&Signature=[\w~-]+$/,
  );
  const query = url
    .split('?')[1]!
    .split('&')
    .map((raw) => ({ name: raw.split('=')[0]!, raw }));
  const request = {
    method: 'GET',
    path: '/uploads/a~20b.jpg/small.webp',
    query,
    headers: { host: 'cdn.example.com' },
    address: '127.0.0.1',
  };
  const answer = (now: number) => refusalOf(request, [{ id: 'KONE', pem: publicKey }], now * 1_000)?.code;
  expect([answer(1_800_003_599), answer(1_800_003_600)]).toEqual([undefined, 'AccessDenied']);
});
