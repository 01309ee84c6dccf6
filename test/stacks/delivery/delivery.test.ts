import { SIGNED } from '../../../scripts/everything';
import { fingerprintOf } from '../../../stacks/settings/signing';
import { keyPair } from '../../fixtures/key-pair';
import { DELIVERED, ON_REQUEST, SIGNED_API, WITH_API } from '../endpoints';
import { only, readable, synthesize, type TerraformJson } from '../synthesized';

const blocks = (json: TerraformJson, type: string) => readable(json.resource[type] ?? {});
const one = (json: TerraformJson, type: string, id = 'delivery') => only(blocks(json, type), id);
const distributionOf = (json: TerraformJson) => one(json, 'aws_cloudfront_distribution');

const stored = synthesize(DELIVERED);
const onRequest = synthesize(ON_REQUEST);

/** What a stack has of each type. */
const counts = ({ resource }: TerraformJson) =>
  Object.fromEntries(
    Object.entries(resource).map(([type, instances]) => [type, Object.keys(instances).length]),
  );
const added = (less: TerraformJson, more: TerraformJson) => {
  const before = counts(less);
  const changes = Object.entries(counts(more)).map(([type, count]) => [type, count - (before[type] ?? 0)]);
  return Object.fromEntries(changes.filter(([, count]) => count !== 0));
};

describe('the distribution', () => {
  const origin = {
    origin_id: 'stored',
    domain_name: '<thumbnails-bucket.bucket_regional_domain_name>',
    origin_access_control_id: '<delivery_access.id>',
  };

  test('has exactly these arguments: HTTPS only, reads only, and no error is cached', () => {
    expect(distributionOf(stored)).toEqual({
      enabled: true,
      comment: 'thumbnail-workflow-us-east-1',
      http_version: 'http2and3',
      is_ipv6_enabled: true,
      price_class: 'PriceClass_100',
      origin: [origin],
      default_cache_behavior: {
        target_origin_id: 'stored',
        allowed_methods: ['GET', 'HEAD'],
        cached_methods: ['GET', 'HEAD'],
        cache_policy_id: '<delivery_cache-policy.id>',
        response_headers_policy_id: '<delivery_response-headers-policy.id>',
        viewer_protocol_policy: 'https-only',
        compress: false,
      },
      custom_error_response: [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504].map((error_code) => ({
        error_code,
        error_caching_min_ttl: 0,
      })),
      restrictions: { geo_restriction: { restriction_type: 'none' } },
      viewer_certificate: { cloudfront_default_certificate: true },
    });
  });

  test('asks the render function once when S3 has no thumbnail, if there are variants on request', () => {
    const { origin: origins, origin_group, default_cache_behavior, ...rest } = distributionOf(onRequest);
    const { origin: _o, default_cache_behavior: _b, ...others } = distributionOf(stored);
    expect(rest).toEqual(others);
    expect(default_cache_behavior.target_origin_id).toBe('stored-or-made');
    expect(origin_group).toEqual([
      {
        origin_id: 'stored-or-made',
        failover_criteria: { status_codes: [403, 404] },
        member: [{ origin_id: 'stored' }, { origin_id: 'made' }],
      },
    ]);
    expect(origins).toEqual([
      origin,
      {
        origin_id: 'made',
        domain_name: '<delivery_on-request_url.url_id>.lambda-url.us-east-1.on.aws',
        origin_access_control_id: '<delivery_on-request_access.id>',
        connection_attempts: 1,
        custom_origin_config: {
          http_port: 80,
          https_port: 443,
          origin_protocol_policy: 'https-only',
          origin_ssl_protocols: ['TLSv1.2'],
          origin_read_timeout: 60,
        },
      },
    ]);
  });

  test('waits for the render function longer than the function may run', () => {
    const [, made] = distributionOf(onRequest)['origin'];
    const slowest = synthesize({ ...ON_REQUEST, functions: { render: { timeoutSeconds: 45 } } });
    const { timeout } = one(slowest, 'aws_lambda_function', 'render-function');
    // Lambda gives a cold start ten seconds of its own.
    expect(made.custom_origin_config.origin_read_timeout).toBeGreaterThan(timeout + 10);
  });

  test('caches by path and version alone, for as long as the Cache-Control of the thumbnail says', () => {
    expect(one(stored, 'aws_cloudfront_cache_policy')).toEqual({
      name: 'thumbnail-workflow-us-east-1',
      lifecycle: { create_before_destroy: true },
      comment: expect.any(String),
      min_ttl: 0,
      default_ttl: 86_400,
      max_ttl: 31_536_000,
      parameters_in_cache_key_and_forwarded_to_origin: {
        query_strings_config: { query_string_behavior: 'whitelist', query_strings: { items: ['v'] } },
        headers_config: { header_behavior: 'none' },
        cookies_config: { cookie_behavior: 'none' },
        enable_accept_encoding_brotli: false,
        enable_accept_encoding_gzip: false,
      },
    });
  });

  test('sends security headers, and CORS headers only if the settings list origins', () => {
    const headers = one(stored, 'aws_cloudfront_response_headers_policy');
    expect(headers).toEqual({
      name: 'thumbnail-workflow-us-east-1',
      lifecycle: { create_before_destroy: true },
      comment: expect.any(String),
      security_headers_config: {
        content_type_options: { override: true },
        content_security_policy: {
          content_security_policy: "default-src 'none'; style-src 'unsafe-inline'; sandbox",
          override: true,
        },
        strict_transport_security: {
          access_control_max_age_sec: 31_536_000,
          include_subdomains: false,
          preload: false,
          override: true,
        },
      },
    });
    const corsOrigins = ['https://app.example.com', 'http://localhost:5173'];
    const readable = synthesize({ delivery: { enabled: true, corsOrigins } });
    expect(one(readable, 'aws_cloudfront_response_headers_policy')).toEqual({
      ...headers,
      cors_config: {
        access_control_allow_origins: { items: corsOrigins },
        access_control_allow_methods: { items: ['GET', 'HEAD'] },
        access_control_allow_headers: { items: ['*'] },
        access_control_allow_credentials: false,
        origin_override: true,
      },
    });
  });

  test('has names that contain the region, because the distribution and its policies are global to the account', () => {
    const elsewhere = synthesize({ ...ON_REQUEST, namePrefix: 'a'.repeat(24), region: 'ap-southeast-2' });
    const names = ['cache_policy', 'response_headers_policy', 'origin_access_control'].flatMap((type) =>
      Object.values(blocks(elsewhere, `aws_cloudfront_${type}`)).map(({ name }) => name as string),
    );
    expect(names).toHaveLength(4);
    for (const name of names) {
      expect(name).toMatch(/^a{24}-ap-southeast-2(-thumbnails|-render)?$/);
      expect(name.length).toBeLessThanOrEqual(64);
    }
  });
});

describe('the URL of thumbnails', () => {
  const DELIVERY_URL = 'https://<delivery_distribution.domain_name>';
  const deliveryUrls = (json: TerraformJson) =>
    Object.entries(blocks(json, 'aws_lambda_function')).flatMap(([id, { environment }]) =>
      environment.variables.DELIVERY_URL === undefined
        ? []
        : [[id.replace(/_\w+$/, ''), environment.variables.DELIVERY_URL]],
    );

  test('is the URL of the distribution, in the environment of Thumbnail and in the outputs', () => {
    expect(deliveryUrls(onRequest)).toEqual([['thumbnail-function', DELIVERY_URL]]);
    expect(readable(onRequest.output)['delivery_url']!['value']).toBe(DELIVERY_URL);
    expect(onRequest.output['delivery_domain']).toBeUndefined();
  });

  test('is a domain of your own if the settings have one, and an output says where to point it', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b';
    const named = synthesize({
      delivery: { enabled: true, domain: { name: 'i.example.com', certificateArn } },
    });
    expect(deliveryUrls(named)).toEqual([['thumbnail-function', 'https://i.example.com']]);
    expect(distributionOf(named)).toMatchObject({
      aliases: ['i.example.com'],
      viewer_certificate: {
        acm_certificate_arn: certificateArn,
        minimum_protocol_version: 'TLSv1.2_2021',
        ssl_support_method: 'sni-only',
      },
    });
    expect(readable(named.output)['delivery_domain']!['value']).toBe('<delivery_distribution.domain_name>');
    const { security_headers_config } = one(named, 'aws_cloudfront_response_headers_policy');
    expect(security_headers_config.strict_transport_security).toEqual({
      access_control_max_age_sec: 31_536_000,
      include_subdomains: true,
      preload: true,
      override: true,
    });
  });

  test('is the URL of your own CDN if the settings have one, and then the stack adds nothing', () => {
    const elsewhere = synthesize({ delivery: { baseUrl: 'https://cdn.example.com/thumbnails' } });
    expect(deliveryUrls(elsewhere)).toEqual([['thumbnail-function', 'https://cdn.example.com/thumbnails']]);
    expect(added(synthesize(), elsewhere)).toEqual({});
  });
});

describe('with signed URLs', () => {
  const [pem] = SIGNED.signing.publicKeys as [string];
  const short = fingerprintOf(pem).slice(0, 12);
  const signed = synthesize(SIGNED_API);

  test('the distribution trusts the keys of the settings, for every path', () => {
    expect(added(synthesize(WITH_API), signed)).toEqual({
      aws_cloudfront_public_key: 1,
      aws_cloudfront_key_group: 1,
    });
    expect(one(signed, 'aws_cloudfront_public_key')).toEqual({
      name: `thumbnail-workflow-us-east-1-viewers-${short}`,
      encoded_key: pem.trim().concat('\n'),
      lifecycle: { create_before_destroy: true },
    });
    expect(one(signed, 'aws_cloudfront_key_group')).toEqual({
      name: 'thumbnail-workflow-us-east-1-viewers',
      comment: expect.any(String),
      items: [`<delivery_viewers_key-${short}.id>`],
      lifecycle: { create_before_destroy: true },
    });
    const { default_cache_behavior, ...rest } = distributionOf(signed);
    const { default_cache_behavior: before, ...others } = distributionOf(synthesize(WITH_API));
    expect(rest).toEqual(others);
    expect(default_cache_behavior).toEqual({
      ...before,
      trusted_key_groups: ['<delivery_viewers_group.id>'],
    });
  });

  test('the API knows which parameter has the private key, and the id of each public key; nothing reads its value', () => {
    const { variables } = one(signed, 'aws_lambda_function', 'get-image-function')['environment'];
    expect(variables).toMatchObject({
      SIGNING_KEY_IDS: JSON.stringify({ [fingerprintOf(pem)]: `<delivery_viewers_key-${short}.id>` }),
      SIGNING_KEY_PARAMETER: '/thumbnail-workflow/viewers-key',
      SIGNED_URL_SECONDS: '3600',
    });
    expect(JSON.stringify(signed)).not.toContain('aws_ssm');
  });

  test('a key that comes, goes or moves leaves the address and the name of the other as they are', () => {
    const { publicKey } = keyPair();
    const keys = (...publicKeys: string[]) => {
      const { signing } = SIGNED;
      const stack = synthesize({
        delivery: { enabled: true, ...SIGNED, signing: { ...signing, publicKeys } },
      });
      return stack.resource['aws_cloudfront_public_key']!;
    };
    const [first, both] = [keys(pem), keys(publicKey, pem)];
    expect(Object.keys(both)).toHaveLength(2);
    expect(both).toMatchObject(first);
    // Spelled in another way, it is the same key, and nothing is replaced.
    expect(keys(`\n${pem.replaceAll('\n', '\r\n')}`)).toEqual(first);
  });
});

describe('the stack', () => {
  test('has nothing for delivery by default', () => {
    const off = counts(synthesize());
    expect(Object.keys(off).filter((type) => /cloudfront|apigateway|function_url|cors/.test(type))).toEqual(
      [],
    );
  });

  test('adds a distribution and its policies with delivery', () => {
    expect(added(synthesize(), stored)).toEqual({
      aws_cloudfront_cache_policy: 1,
      aws_cloudfront_distribution: 1,
      aws_cloudfront_origin_access_control: 1,
      aws_cloudfront_response_headers_policy: 1,
    });
  });

  test('adds a function and its URL as well with variants on request', () => {
    expect(added(stored, onRequest)).toEqual({
      aws_cloudfront_origin_access_control: 1,
      aws_cloudwatch_log_group: 1,
      aws_cloudwatch_metric_alarm: 2,
      aws_iam_role: 1,
      aws_iam_role_policy: 1,
      aws_lambda_function: 1,
      aws_lambda_function_url: 1,
      aws_lambda_permission: 2,
    });
  });
});

describe('access', () => {
  test('CloudFront signs every request to both origins', () => {
    const controls = Object.values(blocks(onRequest, 'aws_cloudfront_origin_access_control'));
    expect(controls.map(({ origin_access_control_origin_type: type }) => type).sort()).toEqual([
      'lambda',
      's3',
    ]);
    for (const control of controls) {
      expect(control).toMatchObject({ signing_behavior: 'always', signing_protocol: 'sigv4' });
    }
  });

  test('only this distribution may call the URL of the render function, with signed requests', () => {
    expect(one(onRequest, 'aws_lambda_function_url')).toEqual({
      function_name: '<render-function.function_name>',
      authorization_type: 'AWS_IAM',
    });
    const permissions = Object.values(blocks(onRequest, 'aws_lambda_permission')).filter(
      ({ function_name }) => function_name === '<render-function.function_name>',
    );
    const only = {
      function_name: '<render-function.function_name>',
      principal: 'cloudfront.amazonaws.com',
      source_arn: '<delivery_distribution.arn>',
    };
    expect(permissions).toEqual([
      { ...only, statement_id: 'OnlyTheDistribution', action: 'lambda:InvokeFunction' },
      {
        ...only,
        statement_id: 'OnlyTheDistributionCallsTheUrl',
        action: 'lambda:InvokeFunctionUrl',
        function_url_auth_type: 'AWS_IAM',
      },
    ]);
  });

  test('all buckets stay private', () => {
    const access = Object.values(blocks(onRequest, 'aws_s3_bucket_public_access_block'));
    expect(access).toHaveLength(3);
    for (const block of access) {
      expect(block).toMatchObject({ block_public_policy: true, restrict_public_buckets: true });
    }
  });

  /** What another service may do with a bucket. */
  const allowed = (json: TerraformJson, bucket: string) =>
    readable(only(json.data['aws_iam_policy_document'], `${bucket}-bucket_tls-only`))['statement'].filter(
      ({ effect }: { effect?: string }) => effect !== 'Deny',
    );
  const reading = (resource: string) => ({
    sid: 'DistributionReadsThumbnails',
    actions: ['s3:GetObject'],
    resources: [resource],
    principals: [{ type: 'Service', identifiers: ['cloudfront.amazonaws.com'] }],
    condition: [{ test: 'StringEquals', variable: 'aws:SourceArn', values: ['<delivery_distribution.arn>'] }],
  });

  test('this distribution may read thumbnails, and list nothing', () => {
    expect(allowed(stored, 'thumbnails')).toEqual([reading('<thumbnails-bucket.arn>/*')]);
    for (const other of ['uploads', 'quarantine']) expect(allowed(stored, other)).toEqual([]);
  });

  test('it may not read originals, even if thumbnails are in the same bucket', () => {
    const beside = synthesize({
      ...ON_REQUEST,
      uploads: { prefix: 'in/' },
      thumbnails: { bucket: 'uploads', prefix: 'out/' },
    });
    expect(allowed(beside, 'uploads')).toEqual([reading('<uploads-bucket.arn>/out/*')]);
  });
});
