import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Page, servePage } from '../../../cli/start/page-server';

let folder: string;
let page: Page;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'page-'));
  mkdirSync(path.join(folder, 'page'));
  writeFileSync(path.join(folder, 'secret.html'), 'secret');
  mkdirSync(path.join(folder, 'page-2'));
  writeFileSync(path.join(folder, 'page-2', 'secret.html'), 'secret');
  writeFileSync(path.join(folder, 'page', 'index.html'), '<p>hello</p>');
  writeFileSync(path.join(folder, 'page', 'page.js'), '1');
  writeFileSync(path.join(folder, 'page', 'notes.txt'), 'not a part of a page');
  page = await servePage({
    folder: path.join(folder, 'page'),
    port: 0,
    config: { api: 'http://127.0.0.1:1', token: 't' },
  });
});
afterAll(async () => {
  await page.close();
  rmSync(folder, { recursive: true });
});

/** Sends the path as it is: fetch would resolve `..` itself. */
function ask(target: string, headers: Record<string, string> = {}) {
  return new Promise<{ status?: number; type?: string; body: string }>((resolve, reject) => {
    get(`${page.url}/`, { path: target, headers }, async (response) => {
      let body = '';
      for await (const piece of response) body += piece;
      resolve({ status: response.statusCode, type: response.headers['content-type'], body });
    }).on('error', reject);
  });
}

test('serves the page, its files and its configuration, with a policy for scripts', async () => {
  expect(await ask('/')).toEqual({ status: 200, type: 'text/html; charset=utf-8', body: '<p>hello</p>' });
  expect(await ask('/page.js?v=1')).toMatchObject({ status: 200, type: 'text/javascript; charset=utf-8' });
  const config = await fetch(`${page.url}/config.json`);
  expect(await config.json()).toEqual({ api: 'http://127.0.0.1:1', token: 't' });
  expect(config.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(config.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await fetch(page.url, { method: 'POST' })).status).toBe(405);
  expect(await (await fetch(page.url, { method: 'HEAD' })).text()).toBe('');
});

test.each([
  '/../secret.html',
  '/%2e%2e/secret.html',
  '/..%2fsecret.html',
  '/x/..%2f..%2fsecret.html',
  '//../secret.html',
  '/../page-2/secret.html',
  '/..%5csecret.html',
  '/index.html%00.js',
  '/%ff',
  '/notes.txt',
  '/missing.html',
  '/.',
  '/page.js/',
])('%s is not found', async (target) => {
  expect(await ask(target)).toMatchObject({ status: 404, body: 'Not Found' });
});

test('a link out of the folder is not found', async () => {
  symlinkSync(path.join(folder, 'secret.html'), path.join(folder, 'page', 'link.html'));
  expect(await ask('/link.html')).toMatchObject({ status: 404 });
});

test('a request for another host name comes from another origin, and is refused', async () => {
  expect(await ask('/config.json', { host: 'evil.example' })).toMatchObject({ status: 421 });
});
