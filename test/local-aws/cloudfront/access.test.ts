import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { type Engine, startEngine } from '../../../local-aws/engine';
import { USER_CREDENTIALS } from '../../../local-aws/principals';
import { type Json, MODULE_PATHS, type Parts, USUAL, writeStack } from './stack';

/** Behind a distribution, the policies of the bucket, the key and the function decide who may reach what. */

let folder: string;
let engine: Engine;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cloudfront-access-'));
});
afterEach(async () => {
  await engine?.close();
  rmSync(folder, { recursive: true });
});

/** Starts the stack with one picture in the bucket. @returns the addresses of its public endpoints */
async function start(changes: Partial<Parts> = {}): Promise<{ cdn: string; url: string }> {
  const stackFile = writeStack(folder, changes);
  engine = await startEngine({
    dataDir: path.join(folder, 'data'),
    port: 0,
    stackFile,
    modulePaths: MODULE_PATHS,
    log: () => {},
  });
  const { endpoint, publicEndpoints } = engine;
  const s3 = new S3Client({ endpoint, region: 'eu-west-1', credentials: USER_CREDENTIALS });
  await s3.send(new PutObjectCommand({ Bucket: 'shop-photos', Key: 'a.png', Body: 'the picture' }));
  s3.destroy();
  return { cdn: publicEndpoints[0]!.url, url: publicEndpoints[1]!.url };
}

/** Only the bucket as origin, without the function as a fallback. */
const bucketOnly = { target_origin_id: 'bucket' };

const denied = () => engine.permissions().denied.map(({ principal, action }) => `${principal} ${action}`);

test('only this distribution may read the bucket', async () => {
  const policy = JSON.parse(
    JSON.stringify(USUAL.bucketPolicy).replace(
      '${aws_cloudfront_distribution.cdn.arn}',
      'arn:aws:cloudfront::000000000000:distribution/EANOTHER',
    ),
  );
  const { cdn } = await start({ behavior: bucketOnly, bucketPolicy: policy });
  const refused = await fetch(`${cdn}/a.png`);
  expect([refused.status, refused.headers.get('x-cache')]).toEqual([403, 'Error from cloudfront']);
  expect(await refused.text()).toContain('<Code>AccessDenied</Code>');
  expect(denied()).toEqual(['cloudfront.amazonaws.com s3:GetObject']);
});

test("without an origin access control the distribution's requests are anonymous, and refused", async () => {
  const { cdn } = await start({ behavior: bucketOnly, bucketOrigin: {} });
  expect((await fetch(`${cdn}/a.png`)).status).toBe(403);
});

test('without s3:ListBucket a missing object is a 403', async () => {
  const { cdn } = await start({ behavior: bucketOnly });
  expect((await fetch(`${cdn}/a.png`)).status).toBe(200);
  expect((await fetch(`${cdn}/b.png`)).status).toBe(403);
});

test.each([
  ['lambda:InvokeFunctionUrl', 'url'],
  ['lambda:InvokeFunction', 'function'],
])('a function URL needs %s', async (action, name) => {
  const { [name]: _, ...permissions } = USUAL.permissions;
  const { cdn } = await start({ permissions });
  const refused = await fetch(`${cdn}/made/a.png`);
  expect([refused.status, await refused.json()]).toEqual([403, { Message: 'Forbidden' }]);
  expect(denied()).toContain(`cloudfront.amazonaws.com ${action}`);
});

test('nobody else may invoke the function by its URL', async () => {
  const { url } = await start();
  const refused = await fetch(`${url}/made/a.png`);
  expect([refused.status, await refused.json()]).toEqual([403, { Message: 'Forbidden' }]);
});

test("the bucket's key must allow it too", async () => {
  const more = (...statements: Json[]) => ({
    aws_kms_key: {
      own: {
        policy: JSON.stringify({
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::000000000000:root' },
              Action: 'kms:*',
              Resource: '*',
            },
            ...statements,
          ],
        }),
      },
    },
    aws_s3_bucket_server_side_encryption_configuration: {
      photos: {
        bucket: '${aws_s3_bucket.photos.bucket}',
        rule: [
          {
            apply_server_side_encryption_by_default: {
              sse_algorithm: 'aws:kms',
              kms_master_key_id: '${aws_kms_key.own.arn}',
            },
          },
        ],
      },
    },
  });
  const closed = await start({ behavior: bucketOnly, more: more() });
  expect((await fetch(`${closed.cdn}/a.png`)).status).toBe(403);
  expect(denied()).toEqual(['cloudfront.amazonaws.com kms:Decrypt']);
  await engine.close();

  const letIn = {
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Action: 'kms:Decrypt',
    Resource: '*',
    Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudfront::000000000000:distribution/*' } },
  };
  const open = await start({ behavior: bucketOnly, more: more(letIn) });
  expect((await fetch(`${open.cdn}/a.png`)).status).toBe(200);
});

test('with a trusted key group, an unsigned request is refused at the edge: it reaches no origin and no cache', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const { cdn } = await start({
    behavior: { trusted_key_groups: ['${aws_cloudfront_key_group.viewers.id}'] },
    more: {
      aws_cloudfront_public_key: { own: { name: 'shop-key', encoded_key: publicKey } },
      aws_cloudfront_key_group: {
        viewers: { name: 'shop-viewers', items: ['${aws_cloudfront_public_key.own.id}'] },
      },
    },
  });
  const keyPairId = engine.stack.distributions[0]!.behaviors[0]!.trustedKeys![0]!.id;
  const signed = (url: string, seconds = 60) =>
    getSignedUrl({ url, keyPairId, privateKey, dateLessThan: new Date(Date.now() + seconds * 1_000) });
  const invocations = () => {
    const log = readFileSync(path.join(folder, 'data', 'logs', 'shop-render.log'), 'utf8');
    return log.split('\n').filter((line) => line.includes('"platform.report"')).length;
  };
  const shown = async (url: string) => {
    const { status, headers } = await fetch(url);
    return [status, headers.get('x-cache')];
  };

  const made = `${cdn}/made/a.png?v=1`;
  expect(await shown(signed(made))).toEqual([200, 'Miss from cloudfront']);
  // Another signature of the same URL: neither the cache key nor the origin knows it.
  expect(await shown(signed(made, 120))).toEqual([200, 'Hit from cloudfront']);
  const event = await (await fetch(signed(`${cdn}/event/x?v=1&w=2`))).json();
  expect((event as { rawQueryString: string }).rawQueryString).toBe('v=1');

  const unsigned = await fetch(made);
  expect([unsigned.status, unsigned.headers.get('content-type')]).toEqual([403, 'text/xml']);
  expect(await unsigned.text()).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>',
  );
  // Refusals carry the headers of the policy, as every answer does.
  expect(unsigned.headers.get('x-content-type-options')).toBe('nosniff');
  for (const refused of [signed(made, -60), signed(made).replace('a.png', 'b.png'), `${cdn}/made/b.png`]) {
    expect(await shown(refused)).toEqual([403, 'Error from cloudfront']);
  }
  expect(await shown(signed(`${cdn}/made/b.png`))).toEqual([200, 'Miss from cloudfront']);
  // An invocation is reported after its answer, and by the time the engine has stopped.
  await engine.close();
  expect(invocations()).toBe(3);
});

test('requests that are running when the engine stops are cut off', async () => {
  const { cdn } = await start();
  engine.inject([{ call: 's3:GetObject', fault: 'hang', when: 'before' }]);
  const answer = fetch(`${cdn}/a.png`).then(
    ({ status }) => status,
    () => 'broken off',
  );
  await sleep(100);
  await engine.close();
  expect(await answer).toBe('broken off');
  await expect(fetch(`${cdn}/a.png`)).rejects.toThrow();
});
