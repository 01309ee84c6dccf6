import { generateKeyPairSync } from 'node:crypto';
import { parseSettings, SettingsError } from '../../../stacks/load-settings';
import { keyPair } from '../../fixtures/key-pair';

/** The message for these settings; `'accepted'` where there is none. */
function messageFor(values: unknown): string {
  try {
    parseSettings(values, 'settings.json');
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
}

const delivery = { enabled: true };
const baseUrl = 'https://cdn.example.com';
const domain = { name: 'i.example.com', certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a' };
const webAclArn = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/0a1b';
const presets = (...lazy: (boolean | undefined)[]) => [
  { name: 'web', variants: lazy.map((each, n) => ({ name: `v${n}`, width: 9, lazy: each })) },
];

const { publicKey, privateKey } = keyPair();
const another = keyPair().publicKey;
const kmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/0a1b';
const signing = { publicKeys: [publicKey], privateKeyParameter: '/team/viewers-key' };
const signed = { ...delivery, viewers: 'signed', signing };
const api = { uploadApi: { enabled: true } };

describe('viewers', () => {
  test.each([
    { viewers: 'public' },
    signed,
    { ...signed, signing: { ...signing, kmsKeyArn, urlSeconds: 60 } },
    { ...signed, signing: { publicKeys: [publicKey, another], urlSeconds: 604_800 } },
    { ...signed, signing: { ...signing, privateKeyParameter: '/a/b.c/d-e_f' } },
    { ...signed, signing: { ...signing, publicKeys: [` ${publicKey.replaceAll('\n', '\r\n')}`] } },
  ])('may be %#', (given) => {
    expect(messageFor({ delivery: given })).toBe('accepted');
  });

  const keyOf = (pem: string) => ({ publicKeys: [pem] });
  const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
  test.each<[string, object, string]>([
    ['a word of its own', { viewers: 'private' }, 'viewers: expected one of "public", "signed"'],
    ['no keys', { signing: { publicKeys: [] } }, 'signing.publicKeys: expected a list of 1 to 2 items'],
    [
      'three keys',
      { signing: { publicKeys: [publicKey, another, keyPair().publicKey] } },
      'signing.publicKeys: expected a list of 1 to 2 items',
    ],
    [
      'a key twice',
      { signing: { publicKeys: [publicKey, `${publicKey}\n`] } },
      'signing.publicKeys[1]: expected each item once',
    ],
    [
      'a file name',
      { signing: keyOf('key.pem') },
      'signing.publicKeys[0]: expected a public key in PEM, from "-----BEGIN PUBLIC KEY-----" to "-----END PUBLIC KEY-----", received "key.pem": docs/delivery.md',
    ],
    [
      'half a key',
      { signing: keyOf(publicKey.replace(/A.{40}/, '')) },
      'signing.publicKeys[0]: expected a public key in PEM',
    ],
    [
      'a short key',
      { signing: keyOf(keyPair(1024).publicKey) },
      'signing.publicKeys[0]: expected an RSA key of 2048 bits, received one of 1024 bits',
    ],
    [
      'a key of another kind',
      { signing: keyOf(String(ec.export({ type: 'spki', format: 'pem' }))) },
      'signing.publicKeys[0]: expected an RSA key of 2048 bits, received one of type "ec"',
    ],
    [
      'a parameter without a slash',
      { signing: { ...signing, privateKeyParameter: 'key' } },
      'signing.privateKeyParameter: expected the name of a parameter that starts with "/"',
    ],
    [
      'a parameter of AWS',
      { signing: { ...signing, privateKeyParameter: '/aws/key' } },
      'signing.privateKeyParameter: expected the name of a parameter that starts with "/"',
    ],
    [
      'what Terraform would evaluate',
      { signing: { ...signing, privateKeyParameter: '/${a}' } },
      'signing.privateKeyParameter: expected the name of a parameter that starts with "/"',
    ],
    [
      'an alias',
      { signing: { ...signing, kmsKeyArn: 'alias/mine' } },
      'signing.kmsKeyArn: expected the ARN of a KMS key',
    ],
    [
      'a key of another region',
      { signing: { ...signing, kmsKeyArn: kmsKeyArn.replace('us-east-1', 'eu-west-1') } },
      'signing.kmsKeyArn: expected a key in the region of the settings, which is us-east-1, received one in eu-west-1',
    ],
    [
      'the key of no parameter',
      { signing: { publicKeys: [publicKey], kmsKeyArn } },
      'signing.kmsKeyArn: expected delivery.signing.privateKeyParameter with it, received none',
    ],
    [
      'a lifetime of seconds',
      { signing: { ...signing, urlSeconds: 59 } },
      'signing.urlSeconds: expected an integer from 60 to 604800, received 59',
    ],
    [
      'a lifetime of more than a week',
      { signing: { ...signing, urlSeconds: 604_801 } },
      'signing.urlSeconds: expected an integer from 60 to 604800, received 604801',
    ],
    ['signed without keys', { signing: undefined }, 'signing: expected publicKeys with "viewers": "signed"'],
    [
      'public in spite of keys',
      { viewers: 'public' },
      'viewers: expected "signed" with delivery.signing, received "public"',
    ],
    [
      'signed without a distribution',
      { enabled: false },
      'viewers: expected delivery.enabled with "signed", received false',
    ],
    [
      'signed by your own CDN',
      { enabled: false, baseUrl },
      'viewers: expected "public" with delivery.baseUrl, received "signed"',
    ],
  ])('cannot be %s', (_what, changes, message) => {
    expect(messageFor({ delivery: { ...signed, ...changes } })).toContain(
      `settings.json: delivery.${message}`,
    );
  });

  test('need the private key if there is an API that signs', () => {
    const cookiesOnly = { ...signed, signing: { publicKeys: [publicKey] } };
    expect(messageFor({ delivery: cookiesOnly })).toBe('accepted');
    expect(messageFor({ delivery: signed, ...api })).toBe('accepted');
    expect(messageFor({ delivery: cookiesOnly, ...api })).toBe(
      'settings.json: delivery.signing.privateKeyParameter: expected the name of a parameter with uploadApi.enabled, received nothing: the API signs the URLs that it answers with',
    );
  });

  test('a private key among the settings is refused, and not shown', () => {
    const message = messageFor({ delivery: { ...signed, signing: keyOf(privateKey) } });
    expect(message).toContain('signing.publicKeys[0]: expected a public key, received a private key');
    expect(message).not.toContain(privateKey.slice(28, 60));
  });
});

describe('delivery', () => {
  test.each([
    {},
    { enabled: false, domain },
    { ...delivery, domain, webAclArn, accessLogsBucket: 'logs', priceClass: 'PriceClass_All' },
    { ...delivery, corsOrigins: ['*'] },
    { ...delivery, corsOrigins: ['https://a.example.com', 'http://localhost:5173'] },
    { baseUrl },
    { baseUrl: 'https://cdn.example.com:8443/thumbnails/v1', corsOrigins: [] },
  ])('may be %j', (given) => {
    expect(messageFor({ delivery: given })).toBe('accepted');
  });

  test.each<[string, object, string]>([
    ['an open URL', { baseUrl: 'http://cdn.example.com' }, 'baseUrl: expected an https URL'],
    ['a URL to which a path cannot be added', { baseUrl: `${baseUrl}/` }, 'baseUrl: expected an https URL'],
    ['a query', { baseUrl: `${baseUrl}?a=b` }, 'baseUrl: expected an https URL'],
    ['what Terraform would evaluate', { baseUrl: 'https://${a}' }, 'baseUrl: expected an https URL'],
    ['an origin with a path', { corsOrigins: [`${baseUrl}/`] }, 'corsOrigins[0]: expected an origin such as'],
    ['an origin twice', { corsOrigins: [baseUrl, baseUrl] }, 'corsOrigins[1]: expected each item once'],
    [
      'a URL for a domain',
      { domain: { ...domain, name: baseUrl } },
      'domain.name: expected a domain such as',
    ],
    [
      'a domain without a certificate',
      { domain: { name: 'a.b' } },
      'domain.certificateArn: expected the ARN',
    ],
    [
      'a certificate of another region',
      { domain: { ...domain, certificateArn: domain.certificateArn.replace('us-east-1', 'eu-west-1') } },
      'domain.certificateArn: expected the ARN of an ACM certificate in us-east-1, received "arn:aws:acm:eu-west-1',
    ],
    [
      'a web ACL for something else',
      { webAclArn: webAclArn.replace('global', 'regional') },
      'webAclArn: expected the ARN of a web ACL of WAF for CloudFront, received "',
    ],
  ])('cannot be %s', (_what, given, message) => {
    expect(messageFor({ delivery: given })).toContain(`settings.json: delivery.${message}`);
  });

  test('uses one CDN, that of the stack or your own', () => {
    expect(messageFor({ delivery: { ...delivery, baseUrl } })).toBe(
      'settings.json: delivery.baseUrl: expected either delivery.enabled or delivery.baseUrl, received both: the URLs would lead to "https://cdn.example.com" and not to the distribution; remove one of them, or use delivery.domain for a domain of your own',
    );
    expect(messageFor({ delivery: { baseUrl, webAclArn, domain } })).toBe(
      ['domain', 'webAclArn']
        .map(
          (part) =>
            `settings.json: delivery.${part}: expected delivery.enabled with it, received delivery.baseUrl: the stack creates no distribution if you use a CDN of your own; set it in your CDN`,
        )
        .join('\n'),
    );
  });

  test('needs a bucket whose policy is the stack’s', () => {
    const uploads = { existingBucket: 'photos', prefix: 'in/' };
    const beside = { bucket: 'uploads', prefix: 'out/' };
    expect(messageFor({ delivery, uploads, thumbnails: beside })).toBe(
      'settings.json: thumbnails.bucket: expected "own" with delivery.enabled and uploads.existingBucket, received "uploads": to let CloudFront read the thumbnails, the stack would have to replace the policy of "photos", which is its owner\'s; keep thumbnails in a bucket of their own, or deliver them with a CDN of your own (delivery.baseUrl)',
    );
    expect(messageFor({ delivery: { baseUrl }, uploads, thumbnails: beside })).toBe('accepted');
    expect(messageFor({ delivery, uploads })).toBe('accepted');
    expect(messageFor({ delivery, uploads: { prefix: 'in/' }, thumbnails: beside })).toBe('accepted');
  });
});

describe('a variant on request', () => {
  test.each([[presets(true)], [presets(false, true)]])('is made by a request to the distribution', (lazy) => {
    expect(messageFor({ delivery, presets: lazy })).toBe('accepted');
    expect(messageFor({ delivery: { baseUrl }, presets: lazy })).toBe(messageFor({ presets: lazy }));
  });

  test('needs a distribution', () => {
    expect(messageFor({ presets: presets(false, true) })).toBe(
      'settings.json: presets[0].variants[1].lazy: expected delivery.enabled to be true, received false: only a request to the distribution makes a lazy variant; turn delivery on or leave out lazy',
    );
    expect(messageFor({ presets: presets(false, undefined) })).toBe('accepted');
  });

  test('adds the names of uploads to the environment of the function that makes it', () => {
    const many = (lazy: boolean) => [
      {
        name: 'web',
        variants: Array.from({ length: 20 }, (_, n) => ({ name: `a-longer-name-${n}`, width: 9, lazy })),
      },
      {
        name: 'a',
        prefix: 'x',
        variants: Array.from({ length: 16 }, (_, n) => ({ name: `v${n}`, width: 9 })),
      },
    ];
    const uploads = { prefix: 'p'.repeat(500), suffixes: ['jpg'] };
    expect(messageFor({ delivery, uploads, presets: many(false) })).toBe('accepted');
    expect(messageFor({ delivery, uploads, presets: many(true) })).toMatch(
      /^settings\.json: presets: expected at most 3072 bytes as JSON with defaults and thumbnails\.prefix, uploads\.prefix and uploads\.suffixes, received \d{4}: /,
    );
  });
});

describe('the upload API', () => {
  const jwt = { issuer: 'https://example.eu.auth0.com/', audience: ['photos'] };

  test.each([
    [{ enabled: true, jwt }, { delivery }],
    [{ enabled: true }, { delivery: { baseUrl } }],
    [{ enabled: false, jwt, corsOrigins: ['*'] }, {}],
  ])('may be %j with %j', (uploadApi, others) => {
    expect(messageFor({ uploadApi, ...others })).toBe('accepted');
  });

  test.each<[string, object, string]>([
    ['an issuer that is no URL', { jwt: { ...jwt, issuer: 'auth0' } }, 'jwt.issuer: expected the https URL'],
    ['an open issuer', { jwt: { ...jwt, issuer: 'http://a.b' } }, 'jwt.issuer: expected the https URL'],
    [
      'tokens for anybody',
      { jwt: { ...jwt, audience: [] } },
      'jwt.audience: expected a list of 1 to 50 items',
    ],
    [
      'an origin by pattern',
      { corsOrigins: ['https://*.a.b'] },
      'corsOrigins[0]: expected an origin such as',
    ],
    ['an upload for a day', { uploadSeconds: 86_400 }, 'uploadSeconds: expected an integer from 10 to 3600'],
    [
      'no request at all',
      { throttling: { burst: 0 } },
      'throttling.burst: expected an integer from 1 to 5000',
    ],
  ])('cannot have %s', (_what, given, message) => {
    expect(messageFor({ uploadApi: given })).toContain(`settings.json: uploadApi.${message}`);
  });

  test('needs a CDN, because it answers with URLs', () => {
    expect(messageFor({ uploadApi: { enabled: true, jwt } })).toBe(
      'settings.json: uploadApi.enabled: expected delivery.enabled or delivery.baseUrl with it, received neither: the API answers with the URLs of thumbnails; turn delivery on or name your own CDN',
    );
  });

  test('accepts no image that would never start the workflow', () => {
    const uploads = { suffixes: ['jpeg', 'png', 'tif'] };
    const accept = ['jpeg', 'png', 'tiff'];
    expect(messageFor({ delivery, uploads, accept })).toBe('accepted');
    expect(messageFor({ delivery, uploads, accept, uploadApi: { enabled: true } })).toBe(
      'settings.json: uploads.suffixes: expected the endings of all accepted formats with uploadApi.enabled, received none for "jpg", "tiff": such an upload would never start the workflow, and its status would stay PROCESSING; add them or take the format out of accept',
    );
  });

  test('has functions that API Gateway and CloudFront wait for', () => {
    expect(messageFor({ functions: { getImage: { timeoutSeconds: 30 } } })).toContain('from 1 to 25');
    expect(messageFor({ functions: { render: { timeoutSeconds: 60 } } })).toContain('from 1 to 45');
  });
});
