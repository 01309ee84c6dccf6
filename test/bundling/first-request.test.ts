/**
 * The first request of a function in a new process: our bundle leaves out a lot that esbuild's defaults contain, so it is
 * compared with a bundle of the same sources that leaves out nothing.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { ENVIRONMENT, eventOf } from '../../bench/cold/environment';
import sharp from '../fixtures/sharp';
import { compiledFunctions } from './compiled';
import { project, ROOT } from './project';

/** The time in the processes. */
const NOW = 1_700_000_000_000;

const ETAG = '0123456789abcdef0123456789abcdef';

const root = project('first-request', {
  'preload.cjs': `
    // Signatures contain the time.
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...values) { super(...(values.length > 0 ? values : [${NOW}])); }
      static now() { return ${NOW}; }
    };
    // And the random id that each request has.
    for (const crypto of [globalThis.crypto, require('node:crypto')]) {
      crypto.randomUUID = () => '00000000-0000-4000-8000-000000000000';
    }
    const seen = { read: [], formatters: 0 };
    for (const fs of [require('node:fs'), require('node:fs').promises]) {
      for (const name of ['readFile', 'readFileSync', 'open']) {
        const original = fs[name];
        if (original) fs[name] = (path, ...rest) => { seen.read.push(String(path)); return original(path, ...rest); };
      }
    }
    Intl.NumberFormat = new Proxy(Intl.NumberFormat, {
      construct(target, values) { seen.formatters++; return new target(...values); },
    });
    process.on('exit', () => console.log(JSON.stringify(seen)));
  `,
  'run.cjs': `
    const [file, event] = process.argv.slice(2);
    const { handler } = require(file);
    handler(JSON.parse(event), { getRemainingTimeInMillis: () => 60_000 }).then(async () => {
      // One of each of what is counted: were it not counted, the test would notice.
      new Intl.NumberFormat('en-US');
      await require('node:fs/promises').readFile(process.env.HOME + '/.aws/counted').catch(() => {});
      process.exit();
    });
  `,
});

interface Sent {
  line: string;
  headers: string[];
  body: string;
}

/** What services answer, by the content type of the request. */
const answers: Record<string, string> = {
  'application/x-www-form-urlencoded':
    '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
  'application/x-amz-json-1.0': '{}',
};

let server: Server;
let sent: Sent[] = [];
let picture: Buffer;

beforeAll(async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  picture = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'red', noise } })
    .jpeg()
    .toBuffer();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, rawHeaders, headers } = request;
      sent.push({
        line: `${method} ${url}`,
        headers: rawHeaders,
        body: Buffer.concat(chunks).toString('base64'),
      });
      // The client takes its clock from the first answer.
      response.setHeader('date', new Date(NOW).toUTCString());
      response.setHeader('etag', `"${ETAG}"`);
      response.end(method === 'GET' ? picture : answers[headers['content-type'] ?? '']);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

/** Runs the first request of a function in a process of its own. */
async function run(
  code: Uint8Array,
  name: string,
  event: object,
): Promise<{ sent: Sent[]; read: string[]; formatters: number }> {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  sent = [];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...['--require', join(root, 'preload.cjs'), join(root, 'run.cjs'), join(folder, 'index.js')],
      JSON.stringify(event),
    ],
    {
      env: {
        PATH: process.env['PATH'],
        SystemRoot: process.env['SystemRoot'],
        HOME: root,
        ...ENVIRONMENT,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'AKIDTEST',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'token',
      },
    },
  );
  return { sent, ...JSON.parse(stdout) };
}

/** esbuild's defaults. */
function plainBundle(name: string): Uint8Array {
  return buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`functions/${name}/handler.ts`],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['sharp'],
    // The other files of the client say that they are an older version of it.
    mainFields: ['module', 'main'],
    logLevel: 'error',
  }).outputFiles[0]!.contents;
}

const compiled = compiledFunctions();
const ourBundle = (name: 'thumbnail' | 'notify') => compiled.get(name)!.files.get('index.js')!;

test('Thumbnail sends the same requests, byte for byte, with the same thumbnail', async () => {
  const event = eventOf('a picture.jpeg', ETAG, picture.length);
  const ours = await run(ourBundle('thumbnail'), 'ours', event);
  const plain = await run(plainBundle('thumbnail'), 'plain', event);
  expect(plain.sent.map(({ line }) => line)).toEqual([
    'GET /uploads/a%20picture.jpeg?x-id=GetObject',
    'PUT /thumbnails/a~20picture.jpeg/small.jpg?x-id=PutObject',
  ]);
  expect(ours.sent).toEqual(plain.sent);
  const { width, height } = await sharp(Buffer.from(ours.sent[1]!.body, 'base64')).metadata();
  expect({ width, height }).toEqual({ width: 200, height: 150 });

  // And it reads neither its source map nor files of the SDK, and makes no formatter of numbers.
  const read = ours.read.filter((path) => /[\\/]\.aws[\\/]|\.map$/.test(path));
  expect(read).toEqual([`${root}/.aws/counted`]);
  expect(ours.formatters).toBe(1);
});

test('Notify sends the same requests to SNS and DynamoDB, byte for byte', async () => {
  const { state, execution } = eventOf('a picture.jpeg', ETAG, 1_000);
  const event = {
    execution,
    state: {
      ...state,
      thumbnails: { schema: 1, items: [] },
      record: { schema: 1, id: 'uploads/a picture.jpeg', status: 'DONE', notified: false },
    },
  };
  const ours = await run(ourBundle('notify'), 'our-notify', event);
  const plain = await run(plainBundle('notify'), 'plain-notify', event);
  const types = plain.sent.map(({ headers }) => headers[headers.indexOf('content-type') + 1]);
  expect(types).toEqual(Object.keys(answers));
  expect(ours.sent).toEqual(plain.sent);
});
