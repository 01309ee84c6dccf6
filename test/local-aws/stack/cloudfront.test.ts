import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadStack } from '../../../local-aws/stack/load';
import { type Json, type Parts, stackOf, USUAL } from '../cloudfront/stack';

const PLACE = { account: '000000000000', region: 'us-east-1' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'stack-cloudfront-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(changes: Partial<Parts> = {}, change: (resources: Record<string, Json>) => void = () => {}) {
  const stack = stackOf('render.zip', changes);
  change(stack['resource'] as Record<string, Json>);
  const file = path.join(folder, 'cdk.tf.json');
  writeFileSync(file, JSON.stringify(stack));
  writeFileSync(path.join(folder, 'render.zip'), '');
  return loadStack(file, PLACE);
}

test('a distribution is read with everything it refers to', () => {
  const { distributions, functionUrls } = load();
  const [url] = functionUrls;
  expect(url).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    domain: `${url!.id}.lambda-url.eu-west-1.on.aws`,
    functionName: 'shop-render',
    functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop-render',
    versionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:shop-render:1',
  });
  const origin = { path: '', headers: {}, signed: true, readTimeout: 30 };
  expect(distributions).toEqual([
    {
      arn: expect.stringMatching(/^arn:aws:cloudfront::000000000000:distribution\/E[0-9A-Z]{13}$/),
      domain: expect.stringMatching(/^d[0-9a-z]{13}\.cloudfront\.net$/),
      aliases: ['images.shop.example'],
      origins: [
        { id: 'bucket', kind: 's3', name: 'shop-photos', ...origin },
        { id: 'render', kind: 'function-url', name: url!.domain, ...origin },
      ],
      originGroups: [{ id: 'images', members: ['bucket', 'render'], statusCodes: [403, 404] }],
      behaviors: [
        {
          pathPattern: '*',
          target: 'images',
          allowedMethods: ['GET', 'HEAD'],
          cache: {
            minTtl: 0,
            defaultTtl: 100,
            maxTtl: 31_536_000,
            queryStrings: { only: ['v'] },
            headers: [],
          },
          responseHeaders: {
            set: [
              { name: 'content-security-policy', value: "default-src 'none'", override: true },
              { name: 'x-content-type-options', value: 'nosniff', override: true },
            ],
            remove: [],
            cors: {
              origins: ['https://shop.example'],
              methods: ['GET', 'HEAD'],
              headers: ['*'],
              expose: [],
              credentials: false,
              override: true,
            },
          },
        },
      ],
      errorTtls: { 403: 0, 404: 0, 502: 0 },
      skipped: [
        'HTTPS, HTTP/2 and HTTP/3 (it speaks plain HTTP/1.1)',
        'the domain images.shop.example',
        'the price class',
      ],
    },
  ]);
});

test('parts that need the Internet are listed as skipped', () => {
  const [distribution] = load({
    distribution: {
      aliases: [],
      price_class: 'PriceClass_All',
      web_acl_id: 'arn:aws:wafv2:us-east-1:000000000000:global/webacl/shop/1',
      logging_config: { bucket: 'logs.s3.amazonaws.com' },
      viewer_certificate: { acm_certificate_arn: 'arn:aws:acm:us-east-1:000000000000:certificate/1' },
      restrictions: { geo_restriction: { restriction_type: 'whitelist', locations: ['CH'] } },
    },
    behavior: { compress: true },
  }).distributions;
  expect(distribution!.skipped.slice(1)).toEqual([
    'the certificate',
    'the web ACL (WAF)',
    'access logs',
    'the geographic restriction',
    'compression',
  ]);
});

/** A behavior with a key group of one key. */
const trusting = (encoded_key: string, group = '${aws_cloudfront_key_group.own.id}', key?: string) => ({
  behavior: { trusted_key_groups: [group] },
  more: {
    aws_cloudfront_public_key: { own: { name: 'shop', encoded_key } },
    aws_cloudfront_key_group: {
      own: { name: 'shop', items: [key ?? '${aws_cloudfront_public_key.own.id}'] },
    },
  },
});
const spki = { type: 'spki', format: 'pem' } as const;
const keyOf = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const good = String(keyOf(2048).publicKey.export(spki));

test('a behavior has the keys of its key groups', () => {
  const [distribution] = load(trusting(good)).distributions;
  expect(distribution!.behaviors[0]!.trustedKeys).toEqual([
    { id: expect.stringMatching(/^K[0-9A-Z]{13}$/), pem: good },
  ]);
});

test.each<[title: string, changes: Partial<Parts>, problem: string]>([
  ['a short key', trusting(String(keyOf(1024).publicKey.export(spki))), 'received rsa 1024'],
  [
    'a private key',
    trusting(String(keyOf(1024).privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    'it is no public key in PEM',
  ],
  ['a key group that is not in the stack', trusting(good, 'other'), 'trusted_key_groups but received other'],
  ['a public key that is not in the stack', trusting(good, undefined, 'KOTHER'), 'received KOTHER'],
  [
    'an argument it does not know',
    { distribution: { anycast_ip_list_id: 'x' } },
    'aws_cloudfront_distribution.cdn.anycast_ip_list_id: the local engine does not know this argument',
  ],
  [
    'an argument of a block it does not know',
    { behavior: { function_association: [{ event_type: 'viewer-request', function_arn: 'x' }] } },
    'the local engine does not know default_cache_behavior.function_association',
  ],
  [
    'a page for errors',
    { distribution: { custom_error_response: [{ error_code: 404, response_page_path: '/404.html' }] } },
    'the local engine does not know custom_error_response.response_page_path',
  ],
  ['methods that write', { behavior: { allowed_methods: ['GET', 'HEAD', 'POST'] } }, 'received "POST"'],
  [
    'an origin that is not in the stack',
    { bucketOrigin: { domain_name: 'example.com' } },
    'received example.com',
  ],
  [
    'an access control for another kind of origin',
    { bucketOrigin: { origin_access_control_id: '${aws_cloudfront_origin_access_control.function.id}' } },
    'Expected an origin access control for s3',
  ],
  [
    'a target that is not an origin',
    { behavior: { target_origin_id: 'other' } },
    'bucket or render or images',
  ],
  [
    'a policy of AWS',
    { behavior: { cache_policy_id: '658327ea-f89d-4fab-a63d-7e88639e58f6' } },
    'a policy of the stack',
  ],
  ['no cache policy', { behavior: { cache_policy_id: undefined } }, 'Expected a cache_policy_id'],
  ['a distribution that is off', { distribution: { enabled: false } }, 'Expected true for enabled'],
  [
    'cookies in the key',
    {
      cachePolicy: {
        parameters_in_cache_key_and_forwarded_to_origin: { cookies_config: { cookie_behavior: 'all' } },
      },
    },
    'aws_cloudfront_cache_policy.images: Expected none for cookie_behavior',
  ],
])('refuses %s', (_, changes, problem) => {
  expect(() => load(changes)).toThrow(problem);
});

test.each([
  [{ authorization_type: 'NONE' }, 'Expected AWS_IAM for authorization_type'],
  [{ invoke_mode: 'RESPONSE_STREAM' }, 'Expected BUFFERED for invoke_mode'],
  [{ function_name: 'other' }, 'Expected a function of the stack'],
  [{ qualifier: 'live' }, 'qualifier: the local engine does not know this argument'],
])('refuses a function URL with %j', (change, problem) => {
  expect(() =>
    load({}, (resources) => {
      Object.assign(resources['aws_lambda_function_url']!['render'] as Json, change);
    }),
  ).toThrow(problem);
});

test('a permission for a URL names its kind of authorization', () => {
  const { resourcePolicies, distributions, functionUrls } = load({ permissions: USUAL.permissions });
  expect(resourcePolicies[functionUrls[0]!.functionArn]!.Statement).toEqual([
    expect.objectContaining({
      Action: ['lambda:InvokeFunctionUrl'],
      Principal: { Service: ['cloudfront.amazonaws.com'] },
      Condition: {
        ArnLike: { 'aws:SourceArn': [distributions[0]!.arn] },
        StringEquals: { 'lambda:FunctionUrlAuthType': ['AWS_IAM'] },
      },
    }),
    expect.objectContaining({ Action: ['lambda:InvokeFunction'] }),
  ]);
});
