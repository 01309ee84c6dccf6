import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { Principals, USER_CREDENTIALS } from '../../../local-aws/principals';
import type { Principal } from '../../../local-aws/service';
import { type Api, bearer, startApi } from './harness';
import { ISSUER, type Json } from './stack';

/** It is only published as an ES module. */
const jose = () => import('jose');

let api: Api;

describe('A JWT authorizer', () => {
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());

  /** A token signed with the engine's own key, but with other claims. */
  async function signed(claims: Json, header: Json = {}): Promise<string> {
    await api.engine.token({ sub: 'ana' });
    const { SignJWT, importJWK } = await jose();
    const key = JSON.parse(readFileSync(path.join(api.dataDir, 'tokens', 'key.json'), 'utf8'));
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ iss: ISSUER, aud: 'shop', sub: 'ana', exp: now + 60, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header })
      .sign(await importJWK(key, String(header['alg'] ?? 'RS256')));
  }

  test('accepts a token of its issuer, and passes its claims to the function as text', async () => {
    const token = await api.engine.token({ sub: 'ana', scope: 'read other' });
    const { status, body } = await api.call('/images/7', bearer(token));
    expect(status).toBe(200);
    expect(body?.requestContext['authorizer']).toEqual({
      jwt: {
        claims: {
          sub: 'ana',
          scope: 'read other',
          iss: ISSUER,
          aud: 'shop',
          iat: expect.stringMatching(/^\d+$/),
          exp: expect.stringMatching(/^\d+$/),
        },
        scopes: null,
      },
    });
    expect((await api.call('/images/7', { headers: { authorization: token } })).status).toBe(200);
    const listed = await api.call('/images/7', bearer(await signed({ aud: ['x', 'shop-app'], ok: true })));
    expect(listed.body?.requestContext['authorizer']).toMatchObject({
      jwt: { claims: { aud: '[x shop-app]', ok: 'true' } },
    });
  });

  test('uses the client as the audience only if there is no audience', async () => {
    expect(
      (await api.call('/images/7', bearer(await signed({ aud: undefined, client_id: 'shop' })))).status,
    ).toBe(200);
    expect((await api.call('/images/7', bearer(await signed({ aud: 'x', client_id: 'shop' })))).status).toBe(
      401,
    );
  });

  test('asks for one of the scopes of a route', async () => {
    const allowed = await api.call('/scoped', bearer(await api.engine.token({ sub: 'ana', scope: 'read' })));
    expect(allowed.body?.requestContext['authorizer']).toMatchObject({ jwt: { scopes: ['read', 'write'] } });
    const { status, headers, body } = await api.call(
      '/scoped',
      bearer(await api.engine.token({ sub: 'ana', scope: 'x' })),
    );
    expect([status, body]).toEqual([403, { message: 'Forbidden' }]);
    expect(headers.get('www-authenticate')).toContain('Bearer scope="read write" error="insufficient_scope"');
  });

  test('refuses everybody else', async () => {
    const { SignJWT, UnsecuredJWT, importJWK } = await jose();
    const anonymous = await api.call('/images/7');
    expect(anonymous).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');

    const now = Math.floor(Date.now() / 1000);
    const good = await api.engine.token({ sub: 'ana' });
    const [header, , signature] = good.split('.');
    const claims = Buffer.from(
      JSON.stringify({ iss: ISSUER, aud: 'shop', sub: 'eve', exp: now + 60 }),
    ).toString('base64url');
    const stranger = await importJWK({ kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') }, 'HS256');
    const bySecret = new SignJWT({ sub: 'eve', iss: ISSUER, aud: 'shop', exp: now + 60 });
    const refused: [string, string][] = [
      ['nonsense', 'not.a.token'],
      ['other claims under the same signature', `${header}.${claims}.${signature}`],
      ['no signature', new UnsecuredJWT({ iss: ISSUER, aud: 'shop', sub: 'eve' }).encode()],
      ['a secret instead of a key', await bySecret.setProtectedHeader({ alg: 'HS256' }).sign(stranger)],
      ['another algorithm', await signed({}, { alg: 'PS256' })],
      ['another key id', await signed({}, { kid: 'other' })],
      ['another issuer', await signed({ iss: 'https://evil.example/' })],
      ['another audience', await signed({ aud: 'other' })],
      ['no audience', await signed({ aud: undefined })],
      ['no end', await signed({ exp: undefined })],
      ['not begun', await signed({ nbf: now + 60 })],
      ['issued in the future', await signed({ iat: now + 60 })],
    ];
    for (const [what, token] of refused) {
      const { status, body, headers } = await api.call('/images/7', bearer(token));
      expect([what, status, body]).toEqual([what, 401, { message: 'Unauthorized' }]);
      expect(headers.get('www-authenticate')).toMatch(
        /^Bearer scope="" error="invalid_token" error_description="[^"]+"$/,
      );
    }
    const expired = await api.call(
      '/images/7',
      bearer(await api.engine.token({ sub: 'ana', expiresIn: -1 })),
    );
    expect(expired.headers.get('www-authenticate')).toContain('error_description="the token has expired"');
  });

  test('still accepts a token after a restart', async () => {
    const token = await api.engine.token({ sub: 'ana' });
    api = await api.restart();
    expect((await api.call('/images/7', bearer(token))).status).toBe(200);
  });
});

describe('An IAM route', () => {
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());

  async function signedCall(
    target: string,
    principal: Partial<Principal> & typeof USER_CREDENTIALS,
    service = 'execute-api',
    body?: string,
  ) {
    const { hostname, host, port } = new URL(api.url);
    const signer = new SignatureV4({ service, region: 'eu-west-1', credentials: principal, sha256: Sha256 });
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { host };
    const { headers: signed } = await signer.sign({
      method,
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: target,
      headers,
      body,
    });
    return api.call(target, { method, headers: signed, body });
  }
  const role = (name: string) => {
    const { account, roles } = api.engine.stack;
    return new Principals(account, roles).role(roles.find((each) => each.name === name)!.arn);
  };
  const forbidden = { status: 403, body: { message: 'Forbidden' } };

  test('accepts callers who sign and are allowed to, and passes their identity to the function', async () => {
    const { status, body } = await signedCall('/signed/mine/1', USER_CREDENTIALS, 'execute-api', '{"a":1}');
    expect([status, body?.['body']]).toEqual([200, '{"a":1}']);
    expect(body?.requestContext['authorizer']).toMatchObject({
      iam: {
        accessKey: 'local',
        accountId: '000000000000',
        userArn: expect.stringMatching(/user\/local$/),
        userId: 'local',
      },
    });
    expect((await signedCall('/signed/mine/1', role('shop-reader'))).status).toBe(200);
  });

  test('refuses callers without permission, with a signature for something else, with a wrong one, and without one', async () => {
    expect(await signedCall('/signed/others/1', role('shop-reader'))).toMatchObject(forbidden);
    expect(await signedCall('/signed/mine/1', role('shop-reader'), 'execute-api', 'x')).toMatchObject(
      forbidden,
    );
    expect(await signedCall('/signed/mine/1', role('shop-echo'))).toMatchObject(forbidden);
    expect(await signedCall('/signed/mine/1', USER_CREDENTIALS, 's3')).toMatchObject(forbidden);
    expect(
      await signedCall('/signed/mine/1', { ...USER_CREDENTIALS, secretAccessKey: 'guessed' }),
    ).toMatchObject(forbidden);
    expect(await api.call('/signed/mine/1')).toMatchObject(forbidden);
    const token = await api.engine.token({ sub: 'ana' });
    expect(await api.call('/signed/mine/1', bearer(token))).toMatchObject(forbidden);
  });

  test('accepts what curl signs', async () => {
    if (!curlSigns()) return console.warn('Skipped: no curl that signs is installed');
    const signing = ['--aws-sigv4', 'aws:amz:eu-west-1:execute-api', '--user', 'local:local'];
    const args = ['-sS', '--max-time', '20', '-o', '/dev/null', '-w', '%{http_code}', ...signing];
    const { stdout: status } = await promisify(execFile)('curl', [...args, `${api.url}/signed/mine/1`]);
    expect(status).toBe('200');
  });
});

function curlSigns(): boolean {
  try {
    return execFileSync('curl', ['--help', 'all'], { encoding: 'utf8' }).includes('--aws-sigv4');
  } catch {
    return false;
  }
}
