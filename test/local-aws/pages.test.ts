import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as send } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Address, openAddress } from '../../local-aws/address';
import type { Pages } from '../../local-aws/pages';

const SHOP = 'https://shop.example';

let address: Address;
let host: string;

beforeEach(async () => {
  address = await openAddress(0);
  host = new URL(address.url).host;
});
afterEach(() => address.close());

/** Opens a server that answers every request it gets with 200, to these pages. */
const serve = (pages?: Pages) =>
  address.serve(
    createServer((_, response) => response.end('answered')),
    pages,
  );

async function ask(headers: IncomingHttpHeaders, method = 'GET') {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    send(address.url, { method, headers }, resolve).on('error', reject).end(),
  );
  return { status: response.statusCode, body: await text(response) };
}

const ANSWERED = { status: 200, body: 'answered' };

test('a program on this machine is answered, also under the name that the SDK makes of the address', async () => {
  serve();
  const { port } = new URL(address.url);
  for (const each of [host, `localhost:${port}`, `sync-${host}`])
    expect(await ask({ host: each })).toEqual(ANSWERED);
});

test.each([
  'evil.example',
  'evil.example:80',
  '127.0.0.1',
  '127.0.0.1:1',
  'sync-evil.example',
  '127.0.0.1.evil.example',
])('a page whose name %s leads here is refused, even if it calls this its own origin', async (name) => {
  serve({ allows: () => true, anyoneReads: true });
  const refusal = { status: 421, body: `"${name}" isn't a name of this server.\n` };
  expect(await ask({ host: name, origin: `http://${name}`, 'sec-fetch-site': 'same-origin' })).toEqual(
    refusal,
  );
});

test('what a request says reaches a terminal as JSON', async () => {
  serve();
  expect((await ask({ host: 'a\u009b31m' })).body).not.toContain('\u009b');
  expect((await ask({ origin: '"\t<script>' }, 'POST')).body).toBe(
    'Pages of "\\"\\t<script>" may not call this server.\n',
  );
});

describe.each(['GET', 'POST', 'DELETE'])('a page that sends %s', (method) => {
  test.each([
    ['of the server itself', () => address.url],
    ['of an origin that may', () => SHOP],
  ])('%s is answered', async (_, origin) => {
    serve({ allows: (each) => each === SHOP });
    expect(await ask({ origin: origin(), 'sec-fetch-site': 'cross-site' }, method)).toEqual(ANSWERED);
  });

  test.each(['https://evil.example', 'http://127.0.0.1:1', 'http://localhost', 'null', ''])(
    'of the origin %j is refused',
    async (origin) => {
      serve({ allows: (each) => each === SHOP });
      expect(await ask({ origin }, method)).toEqual({
        status: 403,
        body: `Pages of ${JSON.stringify(origin)} may not call this server.\n`,
      });
    },
  );

  test.each([
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 200],
    ['none', 200],
  ])('without an origin, from %s, gets a %i', async (site, status) => {
    serve();
    expect((await ask({ 'sec-fetch-site': site }, method)).status).toBe(status);
  });
});

test('every page may read what everyone may read, and change nothing', async () => {
  serve({ allows: () => false, anyoneReads: true });
  const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  expect(await ask(evil)).toEqual(ANSWERED);
  expect((await ask(evil, 'HEAD')).status).toBe(200);
  expect((await ask(evil, 'POST')).status).toBe(403);
});

test('a preflight is answered by the service, which says what the page may send', async () => {
  serve();
  expect(await ask({ origin: 'https://evil.example' }, 'OPTIONS')).toEqual(ANSWERED);
});
