/** The files of the console's page, and the few that it takes from elsewhere. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileIn } from '../lib/page-files';
import { PROJECT } from '../lib/synthesize';

const PAGE = path.join(__dirname, 'page');

/** What the page imports besides its own files. A file of ours is sent without its types. */
const OTHERS: Readonly<Record<string, string>> = {
  '/node_modules/htm/preact/standalone.module.js': 'node_modules/htm/preact/standalone.module.js',
  '/contract/text.js': 'contract/text.ts',
  '/local-aws/graph/summary.js': 'local-aws/graph/summary.ts',
};

/** @returns undefined if the page has no such file */
export async function pageFile(name: string): Promise<{ content: Buffer; extension: string } | undefined> {
  const other = Object.hasOwn(OTHERS, name) ? OTHERS[name] : undefined;
  if (other) return { content: await withoutTypes(path.join(PROJECT, other)), extension: '.js' };
  const own = name === '/' ? '/index.html' : name;
  // All files of the page are in one folder.
  if (!/^\/[\w-]+\.(html|js|css|svg)$/.test(own)) return undefined;
  const content = await fileIn(PAGE, own);
  return content && { content, extension: path.extname(own) };
}

async function withoutTypes(file: string): Promise<Buffer> {
  const content = await readFile(file);
  if (path.extname(file) !== '.ts') return content;
  const { transform } = await import('esbuild');
  const { code } = await transform(content.toString(), { loader: 'ts', target: 'es2022' });
  return Buffer.from(code);
}
