/**
 * Draws docs/features.webp: a folder of pictures, processed by `npm run process` with examples/features.settings.json.
 *
 *   CHROMIUM=/usr/bin/chromium node --import tsx scripts/features.ts PHOTO.jpg
 *   node --import tsx scripts/features.ts PHOTO.jpg FOLDER     # writes the folder of pictures, and draws nothing
 *
 * It needs `heif-enc` of libheif, and a photograph to put into a HEIC, which is enlarged to 12 megapixels if it is smaller.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import PostalMime from 'postal-mime';
import sharp from 'sharp';
import { writeOriginals } from './features/originals';
import { type Message, sheet } from './features/sheet';

const root = path.join(__dirname, '..');

async function main([photo, kept]: string[]): Promise<void> {
  if (photo && kept) return writeOriginals(path.resolve(kept), path.resolve(photo));
  const executablePath = process.env['CHROMIUM'];
  if (!executablePath || !photo) {
    throw new Error('Usage: CHROMIUM=/usr/bin/chromium node --import tsx scripts/features.ts PHOTO.jpg');
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'features-'));
  const [pictures, out, data] = ['pictures', 'out', 'data'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    console.error('Coding a HEIC of 48 tiles …');
    await writeOriginals(pictures, path.resolve(photo));
    const settings = path.join(root, 'examples/features.settings.json');
    const options = ['--settings', settings, '--data', data, '--out', out, `${pictures}/.`];
    try {
      execFileSync('npm', ['run', 'process', '--', ...options], { cwd: root, stdio: 'inherit' });
    } catch (error) {
      // One of the files is no image, to show its mail.
      if ((error as { status?: number }).status !== 1) throw error;
    }
    const html = path.join(folder, 'index.html');
    await writeFile(html, await sheet({ out, ...(await outcomes(data)) }));
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--force-color-profile=srgb'],
    });
    const tab = await browser.newPage({ viewport: { width: 932, height: 600 } });
    await tab.goto(`file://${html}`);
    await tab.waitForFunction('[...document.images].every((image) => image.complete)');
    const screenshot = await tab.screenshot({ fullPage: true });
    await browser.close();
    const webp = await sharp(screenshot).webp({ quality: 90, smartSubsample: true, effort: 6 }).toBuffer();
    await writeFile(path.join(root, 'docs/features.webp'), webp);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The messages of both topics, and the subjects of their mails. */
async function outcomes(data: string): Promise<{ messages: Message[]; subjects: string[] }> {
  const lines = async (file: string) =>
    (await readFile(path.join(data, 'messages', file), 'utf8')).split('\n').filter(Boolean);
  const topics = (await readdir(path.join(data, 'messages'))).filter((file) => file.endsWith('.jsonl'));
  const messages = (await Promise.all(topics.map(lines)))
    .flat()
    .map((line) => JSON.parse(JSON.parse(line).Message) as Message);
  const mails = await readdir(path.join(data, 'mail'));
  const subjects = await Promise.all(
    mails
      .sort()
      .map(
        async (file) => (await PostalMime.parse(await readFile(path.join(data, 'mail', file)))).subject ?? '',
      ),
  );
  return { messages, subjects };
}

void main(process.argv.slice(2));
