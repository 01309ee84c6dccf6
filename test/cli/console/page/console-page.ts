/** Opens the console's page in Chromium, on its real server and a real engine that runs the real stack. */
import { readFileSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { openEngineConsole } from '../../../../cli/console/open';
import type { ConsoleServer } from '../../../../cli/console/server';
import { connectTo } from '../../../../cli/lib/session';
import { Workflow } from '../../../end-to-end/workflow';
import { findChromium } from '../../../examples/chromium';
import { picture } from '../../../fixtures/images';

const found = findChromium();
if ('missing' in found) console.warn(`Skipped: the console in a browser, since ${found.missing}.`);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** Milliseconds, since functions take long to start on a busy machine. */
const PATIENCE = Number(process.env['PATIENCE'] ?? 120_000);

export const GOOD = 'albums/canyon.jpg';
export const BAD = 'notes.jpg';
export const HOSTILE = 'evil/\u202egpj.exe\u0007 <img src=x onerror=document.title=1> "&\u200b.jpg';

/** `describe`, where there is a Chromium. */
export const describeInBrowser = 'missing' in found ? describe.skip : describe;

export let workflow: Workflow;
export let server: ConsoleServer;
let browser: Browser;
export let page: Page;
let usual: Page | undefined;
let trouble: string[];
export let hosts: Set<string>;

const openServer = (port = 0) =>
  openEngineConsole({
    dataDir: workflow.dataDir,
    stack: workflow.stack,
    connect: connectTo(workflow),
    inject: (faults) => workflow.inject(...faults),
    port,
  });

/** For the tests of one block. */
export function useConsole(): void {
  beforeAll(async () => {
    workflow = await Workflow.start({ log: () => {}, waitScale: 0.05 });
    server = await openServer();
    browser = await chromium.launch(found as { executablePath?: string });
    workflow.inject(
      { call: 'dynamodb:UpdateItem', by: 'validate', fault: 'throttle', times: 2 },
      { function: 'thumbnail', fault: 'crash', times: 1 },
    );
    await workflow.process(GOOD, await picture({ width: 640, height: 480 }));
    workflow.inject();
    await workflow.process(BAD, 'just text');
    await workflow.process(HOSTILE, 'just text');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await workflow?.end();
  });

  beforeEach(async () => {
    trouble = [];
    hosts = new Set();
  });
  afterEach(async () => {
    expect(trouble).toEqual([]);
    expect([...hosts]).toEqual([new URL(server.address).host]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.evaluate('localStorage.clear(); sessionStorage.clear()');
    await page.goto('about:blank');
  });
}

/** A page that has not gone anywhere. Tests with the usual options share one, since a new one takes a process of its own. */
export async function openBlank(options?: Parameters<Browser['newPage']>[0]): Promise<void> {
  if (!options && usual) page = usual;
  else page = await newPage({ viewport: { width: 1_280, height: 900 }, ...options });
  if (!options) usual = page;
}

async function newPage(options: Parameters<Browser['newPage']>[0]): Promise<Page> {
  const made = await browser.newPage(options);
  made.setDefaultTimeout(PATIENCE);
  made.on('pageerror', (error) => trouble.push(String(error)));
  made.on('console', (message) => {
    if (/Content.Security.Policy|Trusted/i.test(message.text())) trouble.push(message.text());
  });
  made.on('request', (request) => hosts.add(new URL(request.url()).host));
  return made;
}

export async function open(options?: Parameters<Browser['newPage']>[0]): Promise<void> {
  await openBlank(options);
  await page.goto(server.address);
}

/** Ends the console's server, and what `meanwhile` does comes before another begins at the same port. */
export async function restartServer(meanwhile: () => Promise<void>): Promise<void> {
  const port = Number(new URL(server.address).port);
  await server.close();
  await meanwhile();
  server = await openServer(port);
}

export const rows = () => page.getByRole('row').filter({ has: page.getByRole('link') });
export const row = (name: string) => rows().filter({ hasText: name });
export const openRun = async (name: string) => {
  await row(name).first().getByRole('link').click();
  await page.getByRole('heading', { name: 'Graph' }).waitFor();
};
export const state = (name: string) => page.locator('details.visit').filter({ hasText: name }).first();
export const alert = () => page.getByRole('alert').first();
export const button = (name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

/** Waits until an expression in the page is true. Playwright's own way needs `eval`, which the page's policy forbids. */
export async function until(expression: string): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await page.evaluate(expression).catch(() => false))) {
    if (Date.now() > end) throw new Error(`It never became true: ${expression}`);
    await page.waitForTimeout(30);
  }
}

export const inView = (element: Locator) => element.evaluate((each) => each.getBoundingClientRect().top);

/** Opens every part of the page, and looks for violations of axe-core and sideways scrolling. */
export async function checkLooks(colorScheme: 'light' | 'dark', width: number): Promise<void> {
  await open({ viewport: { width, height: 800 }, colorScheme });
  await row('canyon.jpg').waitFor();
  const dark = 'parseInt(getComputedStyle(document.body).backgroundColor.slice(4)) < 128';
  expect(await page.evaluate(dark)).toBe(colorScheme === 'dark');
  await page.evaluate(AXE);
  const check = async () => {
    const violations = await page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ' ' + nodes.map(({ html }) => html).join()))`);
    expect(violations).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  };
  await check();
  for (const name of ['Upload', 'Import', 'Faults', 'Keyboard shortcuts']) {
    await button(name).click();
    await check();
    await page.keyboard.press('Escape');
  }
  for (const name of ['canyon.jpg', BAD]) {
    await openRun(name);
    await page.locator('details.visit > summary').nth(1).click();
    await page.getByRole('heading', { name: 'Input' }).waitFor();
    await check();
    await page.keyboard.press('Escape');
  }
}
