import { type Api, bearer, startApi } from './harness';
import { ISSUER } from './stack';

let api: Api;
afterEach(() => api.stop());

describe('A function behind an HTTP API', () => {
  beforeEach(async () => {
    api = await startApi();
  });

  test('gets the request in payload format 2.0', async () => {
    const { status, headers, body } = await api.call('/open/a%20b%2Fc?x=1&x=2&y=a%20b', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'X-Own': 'Yes', cookie: 'a=1; b=2' },
      body: '{"a":"ü"}',
    });
    const domainName = expect.stringMatching(/^\w{10}\.execute-api\.eu-west-1\.amazonaws\.com$/);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /open/{id}',
      rawPath: '/open/a b/c',
      rawQueryString: 'x=1&x=2&y=a%20b',
      cookies: ['a=1', 'b=2'],
      headers: {
        'x-own': 'Yes',
        'x-forwarded-proto': 'https',
        'x-forwarded-for': '127.0.0.1',
        host: domainName,
      },
      queryStringParameters: { x: '1,2', y: 'a b' },
      pathParameters: { id: 'a b/c' },
      requestContext: {
        accountId: '000000000000',
        domainName,
        http: { method: 'PUT', path: '/open/a b/c', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        requestId: headers.get('apigw-requestid'),
        routeKey: 'ANY /open/{id}',
        stage: '$default',
      },
      body: '{"a":"ü"}',
      isBase64Encoded: false,
    });
    expect(body?.requestContext).not.toHaveProperty('authorizer');
    const binary = await api.call('/open/1', { method: 'POST', body: new Uint8Array([255, 0]) });
    expect(binary.body).toMatchObject({ body: '/wA=', isBase64Encoded: true });
  });

  test("sets status, headers, cookies and body, but not the CORS headers, which are the API's", async () => {
    const { status, headers, body } = await api.call('/open/1?as=problem', {
      headers: { origin: 'https://shop.example' },
    });
    expect([status, headers.get('content-type'), body]).toEqual([
      422,
      'application/problem+json',
      { title: 'no' },
    ]);
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example');
  });

  test('that fails or gives an invalid answer is an internal error; one that is busy gives 503', async () => {
    const failed = { status: 500, body: { message: 'Internal Server Error' } };
    const unavailable = { status: 503, body: { message: 'Service Unavailable' } };
    expect(await api.call('/open/1?as=error')).toMatchObject(failed);
    expect(await api.call('/open/1?as=nonsense')).toMatchObject(failed);
    api.engine.inject([{ function: 'echo', fault: 'throttle', times: 1 }]);
    expect(await api.call('/open/1')).toMatchObject(unavailable);
    const dimensions = { ApiId: api.engine.stack.apis[0]!.id };
    const counted = api.engine.cloudwatch.metrics().filter(({ namespace }) => namespace === 'AWS/ApiGateway');
    expect(counted.find(({ name }) => name === '5xx')).toMatchObject({ dimensions, sum: 3 });
  });

  test('is reached only by its routes', async () => {
    const nothing = { status: 404, body: { message: 'Not Found' } };
    for (const target of ['/', '/open', '/open/', '/open/1/2', '/uploads', '/images/']) {
      expect({ target, ...(await api.call(target)) }).toMatchObject({ target, ...nothing });
    }
    expect(await api.call('/open/%ff')).toMatchObject({ status: 400 });
  });

  test('is not called with more than 10 MB', async () => {
    const answer = await api.call('/open/1', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect(answer).toMatchObject({ status: 413, body: { message: 'Request Entity Too Large' } });
  });

  test("gets the API's local address, and so do outputs", async () => {
    expect(api.engine.stack.outputs['upload_api_url']).toBe(api.url);
    expect(api.engine.stack.functions[0]?.environment['API_URL']).toBe(api.url);
    expect(api.logged).toContainEqual(
      expect.stringContaining(`accepts tokens of ${ISSUER} only if a key of`),
    );
  });
});

describe('Pages of other origins', () => {
  const preflight = (origin: string, method = 'POST') =>
    api.call('/uploads', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } });

  test('get their CORS headers from the API itself, on its refusals too', async () => {
    api = await startApi();
    const { status, headers } = await preflight('https://shop.example');
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '600',
    });
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    expect(
      (await preflight('https://shop.example', 'DELETE')).headers.get('access-control-allow-origin'),
    ).toBeNull();
    const refused = await api.call('/images/1', { headers: { origin: 'https://shop.example' } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      401,
      'https://shop.example',
    ]);
    expect(refused.headers.get('access-control-expose-headers')).toBe('etag,location');
  });

  test('include those of the engine’s option', async () => {
    api = await startApi({ api: { cors_configuration: undefined } }, ['http://127.0.0.1:1']);
    api.engine.allowOrigin('http://127.0.0.1:2');
    for (const origin of ['http://127.0.0.1:1', 'http://127.0.0.1:2']) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(origin);
    }
    expect((await preflight('http://127.0.0.1:3')).status).toBe(404);
  });
});

test('a function that is late gives 503', async () => {
  api = await startApi({ integration: { timeout_milliseconds: 200 } });
  const answer = await api.call('/open/1?as=late');
  expect(answer).toMatchObject({ status: 503, body: { message: 'Service Unavailable' } });
});

test('no more requests pass than the stage lets through', async () => {
  const settings = { default_route_settings: { throttling_burst_limit: 2, throttling_rate_limit: 0.001 } };
  api = await startApi({ stage: settings });
  const statuses = await Promise.all([1, 2, 3, 4].map(async () => (await api.call('/open/1')).status));
  expect(statuses.sort()).toEqual([200, 200, 429, 429]);
  expect(await api.call('/open/1')).toMatchObject({ status: 429, body: { message: 'Too Many Requests' } });
});

test('without the permission of the function the API cannot invoke it', async () => {
  api = await startApi({
    permission: { source_arn: '${aws_apigatewayv2_api.shop.execution_arn}/*/POST/uploads' },
  });
  expect(await api.call('/open/1')).toMatchObject({
    status: 500,
    body: { message: 'Internal Server Error' },
  });
  const init = { method: 'POST', ...bearer(await api.engine.token({ sub: 'ana' })) };
  expect((await api.call('/uploads', init)).status).toBe(200);
  expect(api.engine.permissions().denied).toMatchObject([
    { principal: 'apigateway.amazonaws.com', action: 'lambda:InvokeFunction' },
  ]);
});

test('the parts of the stack that the engine leaves out are logged', async () => {
  api = await startApi({
    stage: { access_log_settings: { destination_arn: 'arn:aws:logs:eu-west-1:0:log-group:x', format: 'x' } },
  });
  expect(api.logged).toContain(
    'The API shop runs here without HTTPS (it speaks plain HTTP/1.1), access logs',
  );
});
