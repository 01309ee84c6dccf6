/** The page in a real browser, against the engine. Its own server, the API, S3 and the CDN are four origins. */
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page, type Request, type Route } from 'playwright-core';
import { servePage } from '../../cli/start/page-server';
import { Workflow } from '../end-to-end/workflow';
import { phonePicture } from '../fixtures/heic';
import { picture } from '../fixtures/images';
import { findChromium } from './chromium';

const found = findChromium();
if ('missing' in found) console.warn(`Skipped: the upload page in a browser, since ${found.missing}.`);

const settings = (origin: string) => ({
  delivery: { enabled: true },
  uploadApi: {
    enabled: true,
    jwt: { issuer: 'https://sign-in.example.com/', audience: ['photos'] },
    corsOrigins: [origin],
  },
  limits: { bytes: 200_000 },
  accept: ['jpeg', 'png', 'webp', 'gif', 'heic'],
  presets: [
    {
      name: 'photos',
      prefix: '',
      placeholders: true,
      variants: [
        { name: 'small', width: 100, height: 100 },
        { name: 'large', width: 300, height: 300, lazy: true },
      ],
    },
  ],
});

/** A string, because the project doesn't have the DOM's types. */
const NOTE_STATES = `
  window.seen = new Set();
  new MutationObserver(() => {
    for (const state of document.querySelectorAll('.state')) seen.add(state.textContent);
  }).observe(document, { subtree: true, childList: true });
`;

/** The part of a page's image that the tests look at. */
interface ShownImage {
  decode(): Promise<void>;
  naturalWidth: number;
  currentSrc: string;
  srcset: string;
}

interface StyledElement {
  style: { backgroundImage: string; backgroundColor: string };
}

/** CORS rules name the page's origin, so its port must be known before the stack is synthesized. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

('missing' in found ? describe.skip : describe)('the upload page', () => {
  let workflow: Workflow;
  let server: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  let page: Page;
  let trouble: string[];
  let asked: Request[];

  beforeAll(async () => {
    const port = await freePort();
    workflow = await Workflow.start({
      settings: settings(`http://127.0.0.1:${port}`),
      waitScale: 0.01,
      log: () => {},
    });
    server = await servePage({
      folder: join(__dirname, '../../examples/upload-page'),
      port,
      config: {
        api: String(workflow.stack.outputs['upload_api_url']),
        token: await workflow.token('ana'),
      },
    });
    browser = await chromium.launch(found as { executablePath?: string });
    // One for all tests, since a new one takes a process of its own.
    page = await browser.newPage();
    // As long as a test may take: on a busy machine, functions take long to start.
    page.setDefaultTimeout(170_000);
    page.on('pageerror', (error) => trouble.push(String(error)));
    page.on('console', (message) => {
      if (/Content.Security.Policy|CORS/i.test(message.text())) trouble.push(message.text());
    });
    page.on('request', (request) => asked.push(request));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await workflow?.end();
  });

  beforeEach(async () => {
    trouble = [];
    asked = [];
    await page.setViewportSize({ width: 1_100, height: 900 });
    await page.goto(server.url);
  });
  afterEach(async () => {
    expect(trouble).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.evaluate('localStorage.clear(); sessionStorage.clear()');
    await page.goto('about:blank');
  });

  const jpeg = async (name: string, width: number, height: number) => ({
    name,
    mimeType: 'image/jpeg',
    buffer: await picture({ width, height }),
  });
  const text = (name: string, mimeType: string) => ({ name, mimeType, buffer: Buffer.from('just text') });

  const pick = (...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
    page.getByLabel('Drop pictures here, or choose them').setInputFiles(files);

  /** The card of a file, once it is finished. */
  async function ended(name: string) {
    const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
    await card.and(page.locator('[data-state=done], [data-state=failed]')).waitFor();
    return card;
  }

  /** The image that a card shows. */
  async function shown(name: string) {
    const image = (await ended(name)).getByRole('img', { name, exact: true });
    return image.evaluate(async (img: ShownImage) => {
      await img.decode();
      const { naturalWidth, currentSrc, srcset } = img;
      return { naturalWidth, currentSrc, srcset };
    });
  }

  const errorOf = async (name: string) => (await ended(name)).getAttribute('data-error');

  test('shows three chosen pictures, and says what is wrong with a text file', async () => {
    await page.evaluate(NOTE_STATES);
    const names = ['canyon.jpg', 'größer & <b>.jpg', 'tall.jpg'] as const;
    await pick(
      await jpeg(names[0], 800, 600),
      await jpeg(names[1], 640, 480),
      await jpeg(names[2], 480, 800),
      text('notes.txt', 'text/plain'),
    );
    for (const name of names) {
      const { naturalWidth, currentSrc, srcset } = await shown(name);
      expect(naturalWidth).toBeGreaterThan(0);
      expect(srcset).toMatch(/small\.jpg\?v=[0-9a-f]{10} \d+w, .*large\.jpg\?v=[0-9a-f]{10} \d+w$/);
      // The card is wider than the small variant, and the large one didn't exist before the browser requested it.
      expect(currentSrc).toContain('/large.jpg');
    }
    expect(await page.locator('picture img').count()).toBe(3);
    expect(await page.locator('.preview').count()).toBe(0);
    expect(await page.locator('[data-error]').count()).toBe(1);
    expect(await errorOf('notes.txt')).toBe('UnsupportedFormat');
    expect(await (await ended('notes.txt')).innerText()).toContain(
      'Only pictures in the formats JPEG, PNG, WebP, GIF, and HEIC are accepted.',
    );
    expect(await page.evaluate('[...seen]')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Uploading: \d+ %$/), 'Uploaded. Making thumbnails …']),
    );
    // A preview has no host.
    const requests = asked
      .map((request) => new URL(request.url()))
      .filter(({ protocol }) => protocol !== 'blob:');
    expect(new Set(requests.map(({ hostname }) => hostname))).toEqual(new Set(['127.0.0.1']));
    expect(requests.filter(({ pathname }) => pathname === '/config.json')).toHaveLength(1);
    const ready = await (await ended(names[0])).innerText();
    expect(ready).toContain('Ready: 100\u00a0×\u00a075, 300\u00a0×\u00a0225');
    expect(ready).not.toContain('800');
    expect(await page.locator('#overall').innerText()).toBe('3 of 4 ready, 1 failed');
  });

  test('shows colour and blurred picture until the thumbnail is loaded', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/*.jpg?v=*', async (route) => {
      await released;
      await route.continue();
    });
    await pick(await jpeg('blurred.jpg', 400, 300));
    const box = (await ended('blurred.jpg')).locator('.picture').first();
    const background = () =>
      box.evaluate((element: StyledElement) => {
        const { backgroundImage, backgroundColor } = element.style;
        return { backgroundImage, backgroundColor };
      });
    expect(await background()).toEqual({
      backgroundImage: expect.stringMatching(/^url\("data:image\/webp;base64,[\w+/=]+"\)$/),
      backgroundColor: expect.stringMatching(/^rgb\(\d+, \d+, \d+\)$/),
    });
    release();
    await shown('blurred.jpg');
    while ((await background()).backgroundImage !== '') await page.waitForTimeout(20);
    expect((await background()).backgroundColor).toBe('');
  });

  test('shows a HEIC, for which the browser knows no type, by its thumbnails', async () => {
    await pick({ name: 'IMG_0001.HEIC', mimeType: '', buffer: phonePicture() });
    const { naturalWidth, currentSrc } = await shown('IMG_0001.HEIC');
    expect(naturalWidth).toBeGreaterThan(0);
    expect(currentSrc).toContain('/large.jpg');
  });

  test('asks again with the ETag of the last answer', async () => {
    await pick(await jpeg('polled.jpg', 200, 100));
    await shown('polled.jpg');
    const polls = asked.filter((request) => request.method() === 'GET' && request.url().includes('/images/'));
    const tags = polls.map((request) => request.headers()['if-none-match']);
    expect(tags.length).toBeGreaterThan(1);
    expect(tags).toEqual([undefined, ...tags.slice(1).map(() => expect.stringMatching(/^"[\w-]{22}"$/))]);
  });

  test('accepts pictures that are dropped on it, and announces them to screen readers', async () => {
    const base64 = (await picture({ width: 300, height: 200 })).toString('base64');
    const dropped = await page.evaluateHandle(`(() => {
      const bytes = Uint8Array.from(atob('${base64}'), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'dropped.jpg', { type: 'image/jpeg' }));
      return transfer;
    })()`);
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });
    expect((await shown('dropped.jpg')).naturalWidth).toBeGreaterThan(0);
    expect(await page.getByRole('status').innerText()).toBe('dropped.jpg is ready.');
  });

  test("shows the workflow's error for text that claims to be a picture", async () => {
    await pick(text('disguised.jpg', 'image/jpeg'));
    expect(await errorOf('disguised.jpg')).toBe('UnsupportedFormat');
  });

  test('lets the API refuse a file that is too large', async () => {
    await pick({ name: 'huge.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(200_001) });
    expect(await errorOf('huge.jpg')).toBe('ImageTooLarge');
  });

  test('S3 refuses a file that is larger than stated, and the page says so', async () => {
    const understate = (route: Route) =>
      route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), size: 1 }) });
    await page.route('**/uploads', understate);
    await pick({ name: 'sly.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(200_001) });
    expect(await errorOf('sly.jpg')).toBe('FileChanged');
    expect(await (await ended('sly.jpg')).innerText()).toContain('has another size');
    const sent = asked.find(
      (request) => request.method() === 'PUT' && request.url().startsWith(workflow.endpoint),
    );
    expect((await sent?.response())?.status()).toBe(403);
  });

  test('shows the file itself at once, and how far all uploads are, while S3 has nothing yet', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/uploads', async (route) => {
      await released;
      await route.continue();
    });
    await pick(await jpeg('local.jpg', 320, 200));
    const width = await page
      .locator('.preview')
      .evaluate((img: ShownImage) => img.decode().then(() => img.naturalWidth));
    expect(width).toBe(320);
    expect(await page.locator('#overall').innerText()).toBe('0 of 1 ready');
    expect(await page.getByRole('progressbar', { name: 'All uploads' }).isVisible()).toBe(true);
    release();
    await shown('local.jpg');
    expect(await page.getByRole('progressbar', { name: 'All uploads' }).isVisible()).toBe(false);
  });

  test('still shows the uploads after a reload, and copies the link of a thumbnail', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await pick(await jpeg('kept.jpg', 400, 300));
    await shown('kept.jpg');
    await page.reload();
    const { currentSrc } = await shown('kept.jpg');
    const card = await ended('kept.jpg');
    await card.locator('summary').click();
    await card.getByRole('button', { name: 'Copy link of large' }).click();
    await card.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(currentSrc);
    await card.getByRole('button', { name: 'Remove kept.jpg from this list' }).click();
    await page.reload();
    await page.getByText('Nothing yet.').waitFor();
    expect(await page.locator('.card').count()).toBe(0);
  });

  test('gets new signed URLs before those that it shows expire', async () => {
    await page.clock.install();
    await page.reload();
    let answers = 0;
    await page.route('**/images/*', async (route) => {
      const response = await route.fetch();
      const body = await response.text();
      if (!body.includes('"DONE"')) return route.fulfill({ response });
      answers++;
      const expires = Math.floor(Date.now() / 1_000) + 3_600 * answers;
      const signed = body.replaceAll(/\?v=\w+/g, `$&&Expires=${expires}&answer=${answers}`);
      await route.fulfill({ response, body: signed });
    });
    await pick(await jpeg('open.jpg', 400, 300));
    expect((await shown('open.jpg')).srcset).toContain('&answer=1 ');
    await page.clock.fastForward(3_000_000);
    expect(await page.locator('picture img').getAttribute('srcset')).toContain('&answer=1 ');
    await page.clock.fastForward(600_000);
    await page.locator('picture img[srcset*="&answer=2 "]').waitFor();
    const { naturalWidth, currentSrc } = await shown('open.jpg');
    expect(naturalWidth).toBeGreaterThan(0);
    expect(currentSrc).toContain('&answer=2');
    const links = await page
      .locator('.links a')
      .evaluateAll((all: { href: string }[]) => all.map(({ href }) => href));
    expect(links).toEqual([
      expect.stringMatching(/small.*&answer=2$/),
      expect.stringMatching(/large.*&answer=2$/),
    ]);
    expect(await page.locator('picture').count()).toBe(1);
  });

  test('says in words that a file is empty and that one is offline, on a card as small as its text', async () => {
    await pick({ name: 'empty.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) });
    const empty = await ended('empty.jpg');
    expect(await empty.locator('.state').innerText()).toBe('The file is empty.');
    expect(await empty.getByRole('button', { name: 'Choose another file' }).isVisible()).toBe(true);
    expect(await empty.locator('.picture').isVisible()).toBe(false);
    await page.context().setOffline(true);
    await pick(await jpeg('offline.jpg', 200, 100));
    const offline = await ended('offline.jpg');
    expect(await offline.locator('.state').innerText()).toBe('You are offline.');
    await page.context().setOffline(false);
    await offline.getByRole('button', { name: 'Try again: offline.jpg' }).click();
    expect((await shown('offline.jpg')).naturalWidth).toBeGreaterThan(0);
  });

  test('says that the page may not be read any more, without words of the browser', async () => {
    await page.route('**/config.json', (route) => route.abort());
    await page.reload();
    expect(await page.getByRole('alert').innerText()).toBe(
      'This page’s server does not answer. Is it still running?',
    );
  });

  test('shows where a file may be dropped, and says "tap" on a touch screen', async () => {
    await page.dispatchEvent('body', 'dragover');
    const overlay = () => page.evaluate("getComputedStyle(document.body, '::after').content");
    expect(await overlay()).toBe('"Drop to upload"');
    await page.dispatchEvent('body', 'dragleave');
    expect(await overlay()).toBe('none');
    const phone = await browser.newPage({ hasTouch: true, isMobile: true });
    await phone.goto(server.url);
    expect(await phone.getByText('Tap to choose pictures').isVisible()).toBe(true);
    expect(await phone.getByText('Drop pictures here').isVisible()).toBe(false);
    await phone.close();
  });

  test("an upload can be tried again when the API doesn't answer", async () => {
    await page.route('**/uploads', (route) => route.abort());
    await pick(await jpeg('again.jpg', 200, 100));
    expect(await errorOf('again.jpg')).toBe('NoAnswer');
    await page.unroute('**/uploads');
    await page.getByRole('button', { name: 'Try again: again.jpg' }).click();
    expect((await shown('again.jpg')).naturalWidth).toBeGreaterThan(0);
  });

  test('works by keyboard and on a phone', async () => {
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('files');
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  });
});
