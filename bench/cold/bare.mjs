/**
 * The least that it takes: sharp, and one signed GET and PUT without an SDK.
 *
 *    node bench/cold/bare.mjs <folder with node_modules> <endpoint> <bucket> <key> <bucket of thumbnails>
 */
import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { createRequire } from 'node:module';

const [folder, endpoint, bucket, key, thumbnails] = process.argv.slice(2);
const sharp = createRequire(`${folder}/`)('sharp');
const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: region } = process.env;
const { host } = new URL(endpoint);

const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const hmac = (by, text) => createHmac('sha256', by).update(text).digest();

/** Signature Version 4: docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function signed(method, path, body) {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const headers = { host, 'x-amz-content-sha256': sha256(body), 'x-amz-date': time };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = [method, path, '', lines.join(''), names, headers['x-amz-content-sha256']].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const by = [day, region, 's3', 'aws4_request'].reduce(hmac, `AWS4${secret}`);
  const signature = hmac(by, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization, 'content-length': body.length };
}

const send = (method, path, body) =>
  new Promise((resolve, reject) => {
    const sent = request(
      `${endpoint}${path}`,
      { method, headers: signed(method, path, body) },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(Buffer.concat(chunks))
            : reject(new Error(String(Buffer.concat(chunks)))),
        );
      },
    );
    sent.on('error', reject).end(body);
  });

const original = await send('GET', `/${bucket}/${key}`, Buffer.alloc(0));
const thumbnail = await sharp(original).resize(200, 200, { fit: 'inside' }).jpeg().toBuffer();
await send('PUT', `/${thumbnails}/bare.jpg`, thumbnail);
process.exit();
