/**
 * Plays the stories of docs/console.md in the console, and draws docs/console/*.webp while it does.
 *
 *   npm start -- --data /tmp/console --fresh      # prints the address of the console
 *   CHROMIUM=/usr/bin/chromium node --import tsx scripts/console.ts ADDRESS
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { panorama, sideways } from './pictures/generated';

const root = join(__dirname, '..');
const out = join(root, 'docs/console');
const history = join(root, 'test/cli/console/histories/unsupported-format.jsonl');
const FAULT = "Thumbnail's process crashes at both attempts";
const WIDE = { width: 1_280, height: 800 };

async function main([address]: string[]): Promise<void> {
  const executablePath = process.env['CHROMIUM'];
  if (!executablePath || !address) {
    throw new Error('Usage: CHROMIUM=/usr/bin/chromium node --import tsx scripts/console.ts ADDRESS');
  }
  await mkdir(out, { recursive: true });
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--force-color-profile=srgb'],
  });
  try {
    const page = await browser.newPage({
      viewport: WIDE,
      colorScheme: 'light',
      reducedMotion: 'reduce',
    });
    page.setDefaultTimeout(180_000);
    await page.goto(address);
    await page.getByText('Live', { exact: true }).waitFor();
    await uploadAndRunAgain(page);
    await drawTable(page);
    await importHistory(page);
  } finally {
    await browser.close();
  }
}

async function uploadAndRunAgain(page: Page): Promise<void> {
  await upload(page, { 'harbour.jpg': await panorama(), 'notes.jpg': Buffer.from('just text') });
  await draw(page, 'dropped');
  await page.keyboard.press('Escape');

  await button(page, 'Faults').click();
  await page.getByLabel(FAULT).check();
  await page.getByText('Faults: 1 on').waitFor();
  await draw(page, 'fault');
  await page.keyboard.press('Escape');

  await upload(page, { 'portrait.jpg': await sideways() });
  await page.getByRole('dialog').getByRole('link', { name: 'Open the run' }).click();
  await page.keyboard.press('Escape');
  await page.getByText(/Runtime.ExitError in Thumbnail/).waitFor();
  await page.getByRole('link', { name: /^Thumbnail,/ }).click();
  await page.locator('.log').first().waitFor();
  await button(page, 'Dismiss').first().click();
  await draw(page, 'failed');

  // It has happened as often as it says.
  await button(page, 'Faults').waitFor();
  await button(page, 'Run again').click();
  await page.getByRole('navigation', { name: 'Runs of this file' }).getByText('Done').click();
  await page.locator('.run-head').getByText('Done').waitFor();
  await page.locator('.compare img').first().waitFor();
  await button(page, 'Dismiss').first().click();
  await draw(page, 'again');
}

/** Of the README, light and dark. */
async function drawTable(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('table').waitFor();
  await page.mouse.move(0, 0);
  await page.setViewportSize({ width: 1_120, height: 420 });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await draw(page, `runs-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Imports a history in the form in which `aws logs filter-log-events` prints it. */
async function importHistory(page: Page): Promise<void> {
  await page.setViewportSize(WIDE);
  const lines = (await readFile(history, 'utf8')).trim().split('\n');
  const events = lines.map((message) => ({
    timestamp: Number(JSON.parse(message).event_timestamp),
    message,
  }));
  await button(page, 'Import').click();
  await page.getByLabel('Choose a file, or drop it here').setInputFiles({
    name: 'events.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify({ events })),
  });
  await page.getByText('imported history').waitFor();
  await page.locator('.line.taken').first().waitFor();
  await draw(page, 'imported');
}

/** Drops files on the page, and waits until each has its outcome. */
async function upload(page: Page, files: Record<string, Buffer>): Promise<void> {
  const named = Object.entries(files).map(([name, bytes]) => [name, bytes.toString('base64')]);
  const dataTransfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    for (const [name, base64] of ${JSON.stringify(named)}) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: 'image/jpeg' }));
    }
    return transfer;
  })()`);
  await page.dispatchEvent('body', 'drop', { dataTransfer });
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^Upload \d/ }).click();
  for (const name of Object.keys(files)) {
    const item = dialog.getByRole('listitem').filter({ hasText: name });
    await item.getByText(/^\W*(Done|Failed)$/).waitFor();
  }
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Draws what is in view, once its pictures are there. Others are loaded only when they come into view. */
async function draw(page: Page, name: string): Promise<void> {
  await page.evaluate(`Promise.all([...document.images]
    .filter((image) => image.getBoundingClientRect().top < innerHeight)
    .map((image) => image.decode().catch(() => {})))`);
  const screenshot = await page.screenshot();
  await sharp(screenshot)
    .webp({ quality: 85, smartSubsample: true, effort: 6 })
    .toFile(join(out, `${name}.webp`));
}

void main(process.argv.slice(2));
