/** The console's server on a real engine that runs the real stack, asked as its page and as strangers ask. */
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import path from 'node:path';
import type { ConsoleInfo, Overview, Run, RunDetail, RunsPage } from '../../../cli/console/api';
import { openEngineConsole } from '../../../cli/console/open';
import type { ConsoleServer } from '../../../cli/console/server';
import { connectTo } from '../../../cli/lib/session';
import { Workflow } from '../../end-to-end/workflow';
import { picture } from '../../fixtures/images';

jest.setTimeout(120_000);

let workflow: Workflow;
let server: ConsoleServer;
let url: string;
let token: string;

/** While there is one, no function is invoked until it resolves. */
let held: Promise<void> | undefined;

beforeAll(async () => {
  workflow = await Workflow.start({
    log: () => {},
    waitScale: 0.01,
    gate: async ({ action }) => (action === 'lambda:InvokeFunction' ? held : undefined),
  });
  server = await openEngineConsole({
    dataDir: workflow.dataDir,
    stack: workflow.stack,
    connect: connectTo(workflow),
    inject: (faults) => workflow.inject(...faults),
    port: 0,
  });
  [url = '', token = ''] = server.address.split('/?token=');
});

afterAll(async () => {
  await server?.close();
  await workflow?.end();
});

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** Sends exactly these headers: fetch would refuse to set some. */
function ask(target: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; bytes: Buffer; text: string }>(
    (resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      httpRequest(url, { path: target, method, headers: { ...length, ...headers } }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode as number,
          headers: response.headers,
          bytes,
          text: bytes.toString(),
        });
      })
        .on('error', reject)
        .end(body);
    },
  );
}

const cookie = () => `console-${new URL(url).port}=${token}`;

/** Asks as the page does. */
const asPage = (target: string, { headers, ...rest }: Asked = {}) =>
  ask(target, { ...rest, headers: { cookie: cookie(), origin: url, ...headers } });

async function get<T>(target: string): Promise<T> {
  const { status, text } = await asPage(target);
  if (status !== 200) throw new Error(`${target} answered ${status}: ${text}`);
  return JSON.parse(text) as T;
}

const runs = async () => (await get<RunsPage>('/api/runs')).runs;

const runOf = async (key: string) => {
  const found = (await runs()).find(({ object }) => object?.key === key);
  if (!found) throw new Error(`There is no run of ${key}`);
  return found;
};

const detailOf = async (key: string) => get<RunDetail>(`/api/runs/${(await runOf(key)).id}`);

const known = <T>(maybe: { value: T } | { missing: string }): T => {
  if ('missing' in maybe) throw new Error(maybe.missing);
  return maybe.value;
};

const names = ['canyon.jpg', 'notes.jpg', '<script>alert(1)</script>\u202e.jpg'] as const;
const [GOOD, BAD, HOSTILE] = names;

test('before anything has run, the list is empty', async () => {
  expect(await get('/api/runs')).toEqual({ runs: [], more: false });
});

describe('after three uploads', () => {
  beforeAll(async () => {
    workflow.inject(
      { call: 'dynamodb:UpdateItem', by: 'validate', fault: 'throttle', times: 2 },
      { function: 'thumbnail', fault: 'crash', times: 1 },
    );
    await workflow.process(GOOD, await picture());
    workflow.inject();
    await workflow.process(BAD, 'no image');
    await workflow.process(HOSTILE, 'no image');
  });

  test('the list has each run with its outcome, error, attempts, preset and thumbnail, newest first', async () => {
    const [hostile, bad, good] = (await runs()) as [Run, Run, Run];
    expect(hostile).toMatchObject({ outcome: 'FAILED', object: { key: HOSTILE } });
    expect(bad).toMatchObject({
      outcome: 'FAILED',
      status: 'FAILED',
      error: 'UnsupportedFormat',
      attempts: 1,
      object: { bucket: workflow.bucket('uploads'), key: BAD, version: expect.any(String) },
    });
    expect(good).toMatchObject({
      outcome: 'DONE',
      attempts: 3,
      preset: 'default',
      thumbnail: { bucket: workflow.bucket('thumbnails'), key: 'canyon.jpg/thumbnail.jpg', width: 64 },
    });
    expect(good.endedAt).toBeGreaterThan(good.startedAt);
    expect((await get<RunsPage>('/api/runs?limit=2')).more).toBe(true);
    const since = await get<RunsPage>(`/api/runs?since=${bad.startedAt}`);
    expect(since.runs.map(({ id }) => id)).toEqual([hostile.id, bad.id]);
  });

  test('a run has every visit with attempts, errors, data, and waiting, cold start and work apart', async () => {
    const { visits, history, command } = await detailOf(GOOD);
    expect(visits.map(({ name }) => name)).toEqual([
      'Route',
      'Validate',
      'Thumbnail',
      'StoreMetadata',
      'Notify',
    ]);
    const [, validate, thumbnail, store] = visits as Required<RunDetail>['visits'] as [
      unknown,
      RunDetail['visits'][number],
      RunDetail['visits'][number],
      RunDetail['visits'][number],
    ];
    expect(validate.attempts).toBe(3);
    expect(validate.failures.map(({ name }) => name)).toEqual(['Throttled', 'Throttled']);
    expect(validate.spans.map(({ kind }) => kind)).toEqual(['start', 'work', 'wait', 'work', 'wait', 'work']);
    expect(thumbnail.failures.map(({ name }) => name)).toEqual(['Runtime.ExitError']);
    // The process that crashed was started for it, and so was its successor.
    expect(thumbnail.spans.map(({ kind }) => kind)).toEqual(['start', 'work', 'wait', 'start', 'work']);
    expect(store.spans.map(({ kind }) => kind)).toEqual(['start', 'work']);
    expect(JSON.parse(store.input ?? '').image.format).toBe('jpeg');
    expect(JSON.parse(store.output ?? '').record.id).toContain(GOOD);
    expect(history[0]?.type).toBe('ExecutionStarted');
    expect(command).toBe(
      `npm run executions -- --data ${workflow.dataDir} ${(await runOf(GOOD)).id.slice(0, 8)}`,
    );
  });

  test('a visit has the lines of its own invocations only', async () => {
    const { visits } = await detailOf(GOOD);
    const log = known(visits[1]!.log);
    expect(log.filter(({ text }) => text.includes('platform.report'))).toHaveLength(3);
    expect(log.filter(({ text }) => text.includes('Rate exceeded'))).toHaveLength(2);
    expect(log.filter(({ text }) => text.includes('"Uploads":1'))).toHaveLength(1);
    expect(JSON.stringify(log)).not.toContain('UnsupportedFormat');
  });

  test.each([GOOD, BAD])('the mail of %s is word for word the one that was sent', async (key) => {
    const mail = known((await detailOf(key)).mail);
    const sent = (await workflow.mail()).find(({ subject }) => subject === mail.subject);
    expect(sent?.text.split('\n--\n')[0]?.trim()).toBe(mail.text.trim());
  });

  test('a run has the record, the source and the thumbnails', async () => {
    const { record, source, thumbnails } = await detailOf(GOOD);
    expect(known(record)).toMatchObject({ status: 'DONE', thumbnailKeys: ['canyon.jpg/thumbnail.jpg'] });
    const original = known(source);
    expect(original).toMatchObject({ name: 'original', format: 'jpeg', shown: true });
    expect(original.bytes).toBe((await picture()).length);
    expect(known(thumbnails)).toEqual([
      expect.objectContaining({ name: 'thumbnail', format: 'jpeg', width: 64, shown: true }),
    ]);
  });

  test('the overview counts outcomes and errors, and has the queues', async () => {
    const { outcomes, errors, queues } = await get<Overview>('/api/overview');
    expect(outcomes).toMatchObject({ DONE: 1, FAILED: 2, RUNNING: 0 });
    expect(errors).toEqual([{ name: 'UnsupportedFormat', count: 2 }]);
    expect(known(queues).map(({ name, waiting }) => [name, waiting])).toEqual([
      ['backlog', 0],
      ['dead-letters', 0],
      ['failures', 0],
    ]);
  });

  test('a hostile key arrives as JSON, and nowhere else', async () => {
    const { status, headers, text } = await asPage('/api/runs');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(JSON.parse(text).runs[0].object.key).toBe(HOSTILE);
    const download = await asPage(`/api/runs/${(await runOf(HOSTILE)).id}/history`);
    expect(download.headers['content-disposition']).toMatch(/^attachment; filename="[\w-]+\.jsonl"$/);
  });

  describe('pictures', () => {
    const address = (bucket: string, key: string) =>
      `/api/picture?bucket=${encodeURIComponent(bucket)}&key=${encodeURIComponent(key)}`;

    test('are sent with a type that their bytes have, in a sandbox', async () => {
      const { status, headers, bytes } = await asPage(
        address(workflow.bucket('thumbnails'), 'canyon.jpg/thumbnail.jpg'),
      );
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'image/jpeg',
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      });
      const { body } = await workflow.object('thumbnails', 'canyon.jpg/thumbnail.jpg');
      expect(bytes.equals(body)).toBe(true);
    });

    test.each([
      ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'image/svg+xml'],
      ['HTML', '<!doctype html><script>alert(1)</script>', 'text/html'],
      ['a letter', 'x', 'image/png'],
    ])('%s is a download of no type, whatever its uploader calls it', async (_, body, type) => {
      await workflow.upload('page.txt', body, type);
      const { headers, text } = await asPage(address(workflow.bucket('uploads'), 'page.txt'));
      expect(headers['content-type']).toBe('application/octet-stream');
      expect(headers['content-disposition']).toBe('attachment');
      expect(text).toBe(body);
    });

    test('come from the buckets of the stack only', async () => {
      for (const bucket of ['another-bucket', '']) {
        const { status, text } = await asPage(address(bucket, 'a.jpg'));
        expect(status).toBe(403);
        expect(JSON.parse(text).message).toContain(workflow.bucket('uploads'));
      }
      expect((await asPage(address(workflow.bucket('uploads'), 'none.jpg'))).status).toBe(404);
    });

    test('need a key, or S3 would list the bucket, or delete it', async () => {
      for (const method of ['GET', 'DELETE']) {
        const target = address(workflow.bucket('uploads'), '');
        const { status, text } = await asPage(
          method === 'GET' ? target : target.replace('/api/picture', '/api/objects'),
          { method },
        );
        expect({ status, text }).toEqual({
          status: 400,
          text: '{"message":"Expected the key of an object."}',
        });
      }
    });
  });

  test('an own history and one of AWS’s API can be imported, and opened like any other run', async () => {
    const run = await runOf(GOOD);
    const own = await asPage(`/api/runs/${run.id}/history`);
    const imported = JSON.parse((await asPage('/api/imports', { method: 'POST', body: own.text })).text);
    expect(imported).toEqual({ ...run, imported: true });
    expect((await runs()).filter(({ id }) => id === run.id)).toEqual([imported]);
    const detail = await get<RunDetail>(`/api/runs/${run.id}`);
    expect(detail.visits.map(({ name }) => name)).toContain('Thumbnail');
    expect(detail.visits[1]?.log).toEqual({ missing: expect.stringContaining('imported') });
    const again = await asPage(`/api/runs/${run.id}/again`, { method: 'POST' });
    expect(again.status).toBe(409);
    expect(JSON.parse(again.text).message).toContain('was imported');

    const bad = await asPage('/api/imports', { method: 'POST', body: 'not a history' });
    expect(bad.status).toBe(400);
    expect(JSON.parse(bad.text).message).toContain('found a file that begins with "not a history"');
  });
});

describe('what it does', () => {
  test('a run arrives live when it begins and when it ends, and what a broken connection missed comes later', async () => {
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    const first = await listen();
    await asPage('/api/uploads?key=live.jpg', { method: 'POST', body: await picture() });
    const begun = await first.until(({ event }) => event === 'run');
    expect(begun.data).toMatchObject({ outcome: 'RUNNING', object: { key: 'live.jpg' } });
    first.close();
    held = undefined;
    release();
    await workflow.idle();
    const second = await listen({ 'last-event-id': begun.id });
    const ended = await second.until(({ event, data }) => event === 'run' && data.outcome !== 'RUNNING');
    expect(ended.data).toMatchObject({ outcome: 'DONE', object: { key: 'live.jpg' } });
    const counts = await second.until(
      ({ event, data }) => event === 'overview' && data.outcomes.RUNNING === 0,
    );
    expect(counts.data.outcomes.DONE).toBe(2);
    second.close();
  });

  test('a key that can’t be seen is refused, and so is a file of unknown length', async () => {
    const hidden = await asPage(`/api/uploads?key=${encodeURIComponent('a\u202e.jpg')}`, {
      method: 'POST',
      body: 'x',
    });
    expect(hidden.status).toBe(400);
    expect(hidden.text).toContain("can't be seen");
    expect((await asPage('/api/uploads?key=', { method: 'POST', body: 'x' })).status).toBe(400);
    const endless = await asPage('/api/uploads?key=a.jpg', {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
    });
    expect(endless.status).toBe(411);
  });

  test('an empty file fails in words, and its picture is none', async () => {
    await asPage('/api/uploads?key=empty.jpg', { method: 'POST', body: '' });
    await workflow.idle();
    const { run, source } = await detailOf('empty.jpg');
    expect(run).toMatchObject({ outcome: 'FAILED', error: 'EmptyObject' });
    expect(known(source)).toMatchObject({ bytes: 0, shown: false });
    const { bucket, key } = known(source);
    const { status, bytes } = await asPage(`/api/picture?bucket=${bucket}&key=${key}`);
    expect([status, bytes.length]).toEqual([200, 0]);
  });

  test('a fault is chosen, makes a run fail, is off once it is used up or cleared, and the run succeeds when it runs again', async () => {
    const { can, faults } = await get<ConsoleInfo>('/api/console');
    expect(can).toEqual({ write: true, fault: true });
    expect(faults.every(({ on }) => !on)).toBe(true);
    const choose = (...ids: string[]) =>
      asPage('/api/faults', { method: 'PUT', body: JSON.stringify({ ids }) });
    expect(JSON.parse((await choose('thumbnail-keeps-crashing')).text).message).toContain('crashes at both');
    const on = async () => {
      const info = await get<ConsoleInfo>('/api/console');
      return info.faults.filter((fault) => fault.on).map(({ id }) => id);
    };
    expect(await on()).toEqual(['thumbnail-keeps-crashing']);

    await workflow.process('crash.jpg', await picture());
    const failed = await runOf('crash.jpg');
    expect(failed).toMatchObject({ outcome: 'FAILED', attempts: 2, error: 'Runtime.ExitError' });

    expect(await on()).toEqual([]);
    await choose('thumbnail-crashes', 'sns-fails');
    expect(await on()).toEqual(['thumbnail-crashes', 'sns-fails']);
    expect((await choose()).status).toBe(200);
    expect(await on()).toEqual([]);
    const answer = await asPage(`/api/runs/${failed.id}/again`, { method: 'POST' });
    expect(JSON.parse(answer.text).message).toBe('crash.jpg is running again.');
    await workflow.idle();
    expect(await runOf('crash.jpg')).toMatchObject({ outcome: 'DONE', attempts: 1 });
    expect((await choose('no such fault')).status).toBe(400);
  });

  test('deleting an upload removes its thumbnails, and then it is the deletion that runs again', async () => {
    const created = await runOf('crash.jpg');
    const target = `/api/objects?bucket=${workflow.bucket('uploads')}&key=crash.jpg`;
    expect((await asPage(target, { method: 'DELETE' })).status).toBe(200);
    await workflow.idle();
    expect(await runOf('crash.jpg')).toMatchObject({ outcome: 'REMOVED' });
    expect(await workflow.keys('thumbnails')).not.toContain('crash.jpg/thumbnail.jpg');
    const detail = await get<RunDetail>(`/api/runs/${(await runOf('crash.jpg')).id}`);
    expect(detail.mail).toEqual({ missing: 'This run sent no mail.' });
    expect((await get<RunDetail>(`/api/runs/${created.id}`)).thumbnails).toHaveProperty('value');
    const answer = await asPage(`/api/runs/${created.id}/again`, { method: 'POST' });
    expect(JSON.parse(answer.text).message).toBe('crash.jpg was deleted; its deletion is running again.');
    await workflow.idle();
    expect(await runOf('crash.jpg')).toMatchObject({ outcome: 'REMOVED' });
    const thumbnail = `/api/objects?bucket=${workflow.bucket('thumbnails')}&key=canyon.jpg/thumbnail.jpg`;
    expect((await asPage(thumbnail, { method: 'DELETE' })).status).toBe(403);
  });

  test('a version that was replaced does not run again; an object without a record does, with the same input', async () => {
    await workflow.process('twice.jpg', await picture());
    const first = await runOf('twice.jpg');
    workflow.inject({ call: 'dynamodb:UpdateItem', fault: 'deny' });
    await workflow.process('twice.jpg', 'no image');
    await workflow.process('unrecorded.jpg', await picture());
    workflow.inject();
    const refused = await asPage(`/api/runs/${first.id}/again`, { method: 'POST' });
    expect(refused.status).toBe(409);
    expect(JSON.parse(refused.text).message).toContain('There is a newer version of twice.jpg');
    const unrecorded = await runOf('unrecorded.jpg');
    expect(unrecorded.outcome).toBe('FAILED');
    const answer = await asPage(`/api/runs/${unrecorded.id}/again`, { method: 'POST' });
    expect(JSON.parse(answer.text).message).toBe('It is running again, with the same input.');
    await workflow.idle();
    expect(await runOf('unrecorded.jpg')).toMatchObject({ outcome: 'DONE' });
  });

  test('what waits in the queues is counted, and started again', async () => {
    const redrive = async () => JSON.parse((await asPage('/api/redrive', { method: 'POST' })).text).message;
    expect(await redrive()).toContain('No event waits');
    workflow.inject({ call: 'sns:Publish', by: 'state-machine', fault: 'error' });
    await workflow.process('unheard.jpg', 'no image');
    workflow.inject();
    const { queues } = await get<Overview>('/api/overview');
    expect(known(queues)).toContainEqual(
      expect.objectContaining({ name: 'failures', waiting: 1, redrivable: true }),
    );
    expect((await detailOf('unheard.jpg')).mail).toEqual({
      missing: expect.stringContaining('did not accept'),
    });
    const before = (await runs()).length;
    expect(await redrive()).toBe('1 run started.');
    await workflow.idle();
    expect(await runs()).toHaveLength(before + 1);
    expect((await detailOf('unheard.jpg')).mail).toHaveProperty('value');
  });

  test('a run that isn’t there is a 404 in words', async () => {
    const { status, text } = await asPage('/api/runs/..%2f..%2fetc');
    expect(status).toBe(404);
    expect(JSON.parse(text).message).toContain('There is no such run');
    expect((await asPage('/api/nothing')).status).toBe(404);
    expect((await asPage('/api/runs?limit=0')).status).toBe(400);
    expect((await asPage('/api/runs?since=yesterday')).status).toBe(400);
  });
});

describe('who may use it', () => {
  test('the address with the token sets a cookie that no script and no other site gets, and leads to the page', async () => {
    const { status, headers } = await ask(`/?token=${token}`);
    expect(status).toBe(303);
    expect(headers.location).toBe('/');
    expect(headers['set-cookie']).toEqual([`${cookie()}; HttpOnly; SameSite=Strict; Path=/`]);
  });

  test.each([
    ['nothing', {}],
    ['another token', { authorization: 'Bearer AAAA' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['another cookie', { cookie: 'console-1=AAAA; x=y' }],
  ])('with %s there is no run, no file and no word of either', async (_, headers) => {
    for (const target of ['/', '/api/runs', '/api/live', '/api/console', '/?token=AAAA', '//', '//[', '*']) {
      const { status, text } = await ask(target, { headers });
      expect({ target, status }).toEqual({ target, status: 401 });
      expect(text).toContain('Open the address that the terminal has printed');
      expect(text).not.toContain(token);
    }
    expect((await ask('/api/redrive', { method: 'POST', headers })).status).toBe(401);
  });

  test('a program passes with the token in a header', async () => {
    const { status } = await ask('/api/runs', { headers: { authorization: `Bearer ${token}` } });
    expect(status).toBe(200);
    const faults = { method: 'PUT', body: '{"ids":[]}', headers: { authorization: `Bearer ${token}` } };
    expect((await ask('/api/faults', faults)).status).toBe(200);
  });

  test.each([
    ['POST', '/api/redrive'],
    ['POST', '/api/imports'],
    ['POST', '/api/uploads?key=a.jpg'],
    ['PUT', '/api/faults'],
    ['DELETE', '/api/objects?bucket=b&key=k'],
  ])('%s %s takes no cookie without the origin of its own page', async (method, target) => {
    expect((await ask(target, { method, headers: { cookie: cookie() } })).status).toBe(403);
    const foreign = { cookie: cookie(), origin: 'http://127.0.0.1:1' };
    expect((await ask(target, { method, headers: foreign })).status).toBe(403);
  });

  test('another host, and pages of other origins, get nothing', async () => {
    expect((await asPage('/api/runs', { headers: { host: 'evil.example' } })).status).toBe(421);
    expect((await asPage('/api/runs', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    const link = { cookie: cookie(), 'sec-fetch-site': 'cross-site' };
    expect((await ask('/', { headers: link })).status).toBe(403);
  });

  test('the page may run only its own scripts, in no frame, and nothing is stored', async () => {
    const { headers } = await asPage('/contract/text.js');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });

  test('of the checkout it serves three files, the TypeScript ones without types, and no other', async () => {
    const text = await asPage('/contract/text.js');
    expect(text.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(text.text).toContain('export function printable(text)');
    const preact = await asPage('/node_modules/htm/preact/standalone.module.js');
    expect(preact.text).toBe(
      readFileSync(path.resolve('node_modules/htm/preact/standalone.module.js'), 'utf8'),
    );
    for (const other of [
      '/contract/text.ts',
      '/contract/record.js',
      '/package.json',
      '/..%2fapi.ts',
      '/%00',
    ]) {
      expect((await asPage(other)).status).toBe(404);
    }
  });
});

interface Message {
  id: string;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever it is, the test says what it expects
  data: any;
}

/** Listens as an EventSource does. */
async function listen(headers: Record<string, string> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(url, { path: '/api/live', headers: { cookie: cookie(), ...headers } }, resolve)
      .on('error', reject)
      .end();
  });
  const messages: Message[] = [];
  let rest = '';
  let arrived = () => {};
  response.on('data', (chunk) => {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() as string;
    for (const part of parts) {
      const fields = Object.fromEntries(part.split('\n').map((line) => line.split(/: (.*)/s)));
      if (fields['data'])
        messages.push({ ...fields, data: JSON.parse(fields['data']) } as unknown as Message);
    }
    arrived();
  });
  response.on('error', () => {});
  return {
    async until(matches: (message: Message) => boolean): Promise<Message> {
      for (;;) {
        const found = messages.find(matches);
        if (found) return found;
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
    },
    close: () => response.destroy(),
  };
}
