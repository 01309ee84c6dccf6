/**
 * Draws docs/upload-page.png: the upload page with two pictures that are ready and one file that failed.
 *
 *   npm start -- --data /tmp/upload-page --fresh --settings examples/delivery.settings.json   # prints the address of the page
 *   CHROMIUM=/usr/bin/chromium node --import tsx scripts/upload-page.ts ADDRESS
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const root = join(__dirname, '..');

async function main([address]: string[]): Promise<void> {
  const executablePath = process.env['CHROMIUM'];
  if (!executablePath || !address) {
    throw new Error('Usage: CHROMIUM=/usr/bin/chromium node --import tsx scripts/upload-page.ts ADDRESS');
  }
  const canyon = await readFile(join(root, 'cli/start/sample/canyon.jpg'));
  const sunset = await sharp(canyon)
    .autoOrient()
    .extract({ left: 900, top: 100, width: 720, height: 540 })
    .toBuffer();
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--force-color-profile=srgb'],
  });
  try {
    const page = await browser.newPage({
      viewport: { width: 900, height: 720 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
    });
    page.setDefaultTimeout(60_000);
    await page.goto(address);
    for (const [name, buffer] of [
      ['sunset.jpg', sunset],
      ['canyon.jpg', canyon],
      ['notes.jpg', Buffer.from('just text')],
    ] as const) {
      await page
        .getByLabel('Drop pictures here, or choose them')
        .setInputFiles({ name, mimeType: 'image/jpeg', buffer });
      const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
      await card.and(page.locator('[data-state=done], [data-state=failed]')).waitFor();
    }
    await page.evaluate('Promise.all([...document.images].map((image) => image.decode()))');
    const screenshot = await page.screenshot({ fullPage: true });
    await sharp(screenshot)
      .png({ palette: true, compressionLevel: 9, effort: 10 })
      .toFile(join(root, 'docs/upload-page.png'));
  } finally {
    await browser.close();
  }
}

void main(process.argv.slice(2));
