import { JWT, WITH_API } from '../endpoints';
import { only, readable, synthesize, type TerraformJson } from '../synthesized';

const blocks = (json: TerraformJson, type: string) => readable(json.resource[type] ?? {});
const one = (json: TerraformJson, type: string, id = 'upload-api') => only(blocks(json, type), id);

const ORIGINS = ['https://app.example.com'];
const api = (settings: Record<string, unknown> = {}, others: Record<string, unknown> = {}) =>
  synthesize({ ...WITH_API, uploadApi: { enabled: true, jwt: JWT, ...settings }, ...others });

const forUsers = api();
const forPages = api({ corsOrigins: ORIGINS });
const signed = synthesize({ ...WITH_API, uploadApi: { enabled: true, corsOrigins: ORIGINS } });

describe('the API', () => {
  test('is an HTTP API that no page of another origin may call', () => {
    expect(one(forUsers, 'aws_apigatewayv2_api')).toEqual({
      name: 'thumbnail-workflow',
      description: expect.any(String),
      protocol_type: 'HTTP',
    });
  });

  test('has two routes, each of which needs a token or an AWS signature', () => {
    const routes = (json: TerraformJson) =>
      Object.values(blocks(json, 'aws_apigatewayv2_route')).map(({ route_key, target, ...guard }) => [
        route_key,
        target,
        guard,
      ]);
    const both = (guard: object) => [
      ['POST /uploads', 'integrations/<upload-api_create-upload-integration.id>', guard],
      ['GET /images/{id}', 'integrations/<upload-api_get-image-integration.id>', guard],
    ];
    const of = { api_id: '<upload-api.id>' };
    expect(routes(forUsers)).toEqual(
      both({ ...of, authorization_type: 'JWT', authorizer_id: '<upload-api_authorizer.id>' }),
    );
    expect(routes(signed)).toEqual(both({ ...of, authorization_type: 'AWS_IAM' }));
    expect(one(forUsers, 'aws_apigatewayv2_authorizer')).toEqual({
      api_id: '<upload-api.id>',
      name: 'users',
      authorizer_type: 'JWT',
      identity_sources: ['$request.header.Authorization'],
      jwt_configuration: { issuer: 'https://example.eu.auth0.com/', audience: ['photos'] },
      lifecycle: { create_before_destroy: true },
    });
    expect(blocks(signed, 'aws_apigatewayv2_authorizer')).toEqual({});
  });

  test.each([
    ['create-upload', 'POST/uploads'],
    ['get-image', 'GET/images/*'],
  ])('calls %s, which nothing else may call', (name, route) => {
    expect(one(forUsers, 'aws_apigatewayv2_integration', `upload-api_${name}`)).toEqual({
      api_id: '<upload-api.id>',
      integration_type: 'AWS_PROXY',
      integration_method: 'POST',
      integration_uri: `<${name}-function.invoke_arn>`,
      payload_format_version: '2.0',
    });
    const permissions = Object.values(blocks(forUsers, 'aws_lambda_permission')).filter(
      ({ function_name }) => function_name === `<${name}-function.function_name>`,
    );
    expect(permissions).toEqual([
      {
        statement_id: 'OnlyTheRoute',
        action: 'lambda:InvokeFunction',
        function_name: `<${name}-function.function_name>`,
        principal: 'apigateway.amazonaws.com',
        source_arn: `<upload-api.execution_arn>/*/${route}`,
      },
    ]);
  });

  test('waits for its functions to finish', () => {
    const slowest = api(
      {},
      { functions: { createUpload: { timeoutSeconds: 25 }, getImage: { timeoutSeconds: 25 } } },
    );
    for (const name of ['create-upload', 'get-image']) {
      // API Gateway waits for 30 seconds.
      expect(one(slowest, 'aws_lambda_function', `${name}-function`)['timeout']).toBeLessThan(30);
    }
  });

  test('is throttled, and writes an access log that holds no token', () => {
    const { access_log_settings: log, ...stage } = one(forUsers, 'aws_apigatewayv2_stage');
    expect(stage).toEqual({
      api_id: '<upload-api.id>',
      name: '$default',
      auto_deploy: true,
      default_route_settings: { throttling_rate_limit: 50, throttling_burst_limit: 100 },
    });
    expect(log.destination_arn).toBe('<upload-api_logs.arn>');
    const format = Object.values(JSON.parse(log.format)) as string[];
    for (const variable of format) expect(variable).toMatch(/^\$context\.[A-Za-z.]+$/);
    expect(log.format).not.toMatch(/claims|[$%]\{/);
    expect(one(forUsers, 'aws_cloudwatch_log_group')).toEqual({
      name: '/aws/vendedlogs/apigateway/thumbnail-workflow',
      retention_in_days: 30,
    });
  });

  test('has its URL in the outputs', () => {
    expect(readable(forUsers.output)['upload_api_url']!['value']).toBe('<upload-api.api_endpoint>');
    expect(forUsers.output['uploads_cors_rule']).toBeUndefined();
  });
});

describe('pages of the origins in settings', () => {
  test('may call it with the headers that authenticate the caller', () => {
    const cors = {
      allow_origins: ORIGINS,
      allow_methods: ['GET', 'POST'],
      allow_headers: ['authorization', 'content-type', 'if-none-match'],
      expose_headers: ['etag', 'location', 'retry-after'],
      max_age: 7200,
    };
    expect(one(forPages, 'aws_apigatewayv2_api')['cors_configuration']).toEqual(cors);
    expect(one(signed, 'aws_apigatewayv2_api')['cors_configuration']).toEqual({
      ...cors,
      allow_headers: [...cors.allow_headers, 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'],
    });
  });

  test('may upload to the uploads bucket, and send nothing else to any bucket', () => {
    expect(Object.values(blocks(forPages, 'aws_s3_bucket_cors_configuration'))).toEqual([
      {
        bucket: '<uploads-bucket.id>',
        cors_rule: [
          {
            allowed_origins: ORIGINS,
            allowed_methods: ['PUT'],
            allowed_headers: ['*'],
            expose_headers: ['ETag'],
            max_age_seconds: 7200,
          },
        ],
      },
    ]);
    expect(blocks(forUsers, 'aws_s3_bucket_cors_configuration')).toEqual({});
  });

  test('may upload to an existing bucket once its owner has added the rule that an output shows', () => {
    const existing = api({ corsOrigins: ORIGINS }, { uploads: { existingBucket: 'photos' } });
    expect(blocks(existing, 'aws_s3_bucket_cors_configuration')).toEqual({});
    expect(JSON.parse(existing.output['uploads_cors_rule']!['value'])).toEqual({
      AllowedOrigins: ORIGINS,
      AllowedMethods: ['PUT'],
      AllowedHeaders: ['*'],
      ExposeHeaders: ['ETag'],
      MaxAgeSeconds: 7200,
    });
  });
});

test('with forms, pages may send those too, and the function that signs them may replace its own object', () => {
  const json = api({ corsOrigins: ORIGINS, allowForms: true });
  const [cors] = Object.values(blocks(json, 'aws_s3_bucket_cors_configuration')) as {
    cors_rule: { allowed_methods: string[] }[];
  }[];
  expect(cors?.cors_rule[0]?.allowed_methods).toEqual(['PUT', 'POST']);
  const signing = (stack: typeof json) =>
    Object.values(stack.data['aws_iam_policy_document']!)
      .flatMap((document) => document['statement'] as { sid: string; condition?: object[] }[])
      .find(({ sid }) => sid === 'SignUploads')?.condition;
  expect(signing(json)).toBeUndefined();
  expect(signing(forPages)).toEqual([{ test: 'Null', variable: 's3:if-none-match', values: ['false'] }]);
  expect(one(json, 'aws_lambda_function', 'create-upload-function')['environment'].variables).toMatchObject({
    FORMS: 'on',
  });
});

test('its functions get the environment that their code reads, and nothing else', () => {
  const prefixed = api({ uploadSeconds: 60 }, { uploads: { prefix: 'in/' } });
  const environment = (name: string) => {
    const { WORKFLOW_NAME, ...rest } = one(prefixed, 'aws_lambda_function', `${name}-function`)['environment']
      .variables;
    return rest;
  };
  const uploads = { UPLOADS_BUCKET: '<uploads-bucket.bucket>', UPLOADS_PREFIX: 'in/' };
  const limits = {
    ACCEPTED_FORMATS: 'jpeg,png,webp,gif',
    MAX_BYTES: '52428800',
    MAX_PIXELS: '109000000',
    MAX_SIDE: '65535',
  };
  expect(environment('create-upload')).toEqual({
    TABLE_NAME: '<record-table.name>',
    ...uploads,
    ...limits,
    UPLOAD_SECONDS: '60',
  });
  expect(environment('get-image')).toEqual({
    TABLE_NAME: '<record-table.name>',
    ...uploads,
    DELIVERY_URL: 'https://<delivery_distribution.domain_name>',
  });
  expect(environment('render')).toEqual({
    TABLE_NAME: '<record-table.name>',
    ...uploads,
    UPLOADS_SUFFIXES: 'jpg,jpeg,jfif,jpe,pjpeg,pjp,png,apng,webp,gif,heic,heif,avif,tif,tiff,bmp,svg',
    THUMBNAILS_BUCKET: '<thumbnails-bucket.bucket>',
    PRESETS: expect.stringContaining('"lazy":true'),
    BACKGROUND: '#ffffff',
    ...limits,
    QUEUE_URL: '<backlog_queue.url>',
    CACHE_CONTROL: 'public, max-age=1209600',
    MALLOC_ARENA_MAX: '1',
  });
});
