/** Which files `npm run process` takes, and which keys they get. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UsageError } from '../../../cli/lib/command';
import { findFiles } from '../../../cli/process/files';
import { skippedLines } from '../../../cli/process/report';
import { keysBelow } from '../../../cli/process/run';

const PROJECT = process.cwd();
let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'files-'));
  process.chdir(folder);
  for (const name of ['shop/products', 'shop/people', 'shop/.trash', 'made'])
    await mkdir(name, { recursive: true });
  for (const name of ['products/a.jpg', 'people/a.jpg', 'people/notes.txt', '.a.jpg', '.trash/b.jpg']) {
    await writeFile(path.join('shop', name), 'x');
  }
  await writeFile('alone.jpg', 'x');
  await symlink(path.resolve('alone.jpg'), 'shop/link.jpg');
  await symlink(path.resolve('made'), 'shop/linked');
  server = createServer();
  await new Promise<void>((resolve) => server.listen(path.resolve('shop', 'socket.jpg'), resolve));
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  process.chdir(PROJECT);
  await rm(folder, { recursive: true });
});

const pathsOf = async (...given: string[]) => (await findFiles(given)).found.map((found) => found.path);

test.each([
  [['shop/products'], ['products/a.jpg']],
  [['shop/products/'], ['products/a.jpg']],
  [
    ['shop/products', 'shop/people'],
    ['people/a.jpg', 'people/notes.txt', 'products/a.jpg'],
  ],
  [['shop'], ['shop/people/a.jpg', 'shop/people/notes.txt', 'shop/products/a.jpg']],
  [['shop/.'], ['people/a.jpg', 'people/notes.txt', 'products/a.jpg']],
  [['./shop/../shop/products/a.jpg'], ['a.jpg']],
  [
    ['shop/products/a.jpg', 'shop/people/a.jpg'],
    ['people/a.jpg', 'products/a.jpg'],
  ],
  [
    ['alone.jpg', 'shop/products'],
    ['alone.jpg', 'shop/products/a.jpg'],
  ],
])('%j gives %j: the tree is kept, and no two files have one path', async (given, paths) => {
  expect(await pathsOf(...given)).toEqual(paths);
});

test('a file that is both named and in a folder is taken once, as a named one', async () => {
  const { found } = await findFiles(['shop/people', 'shop/people/notes.txt']);
  expect(found.map(({ path: at, named }) => [at, named])).toEqual([
    ['people/a.jpg', false],
    ['people/notes.txt', true],
  ]);
});

test('a link or a hidden file that is named is taken', async () => {
  expect(await pathsOf('shop/link.jpg')).toEqual(['link.jpg']);
  expect(await pathsOf('shop/.a.jpg')).toEqual(['.a.jpg']);
});

test('what is left out is said, by its reason', async () => {
  const { skipped } = await findFiles(['.'], [path.resolve('made')]);
  expect(
    skippedLines(skipped, [path.resolve('shop/people/notes.txt')]).map((line) =>
      line.replaceAll(path.sep, '/'),
    ),
  ).toEqual([
    'Skipped 1 file, not named like an image: shop/people/notes.txt.',
    expect.stringMatching(
      /^Skipped 2 hidden items: shop\/\.(a\.jpg, shop\/\.trash|trash, shop\/\.a\.jpg)\.$/,
    ),
    expect.stringMatching(
      /^Skipped 2 symbolic links: shop\/link(\.jpg, shop\/linked|ed, shop\/link\.jpg)\.$/,
    ),
    'Skipped 1 item, neither a file nor a folder: shop/socket.jpg.',
    'Skipped 1 folder, which this command writes to: made.',
  ]);
  const many = Array.from({ length: 12 }, (_, n) => path.resolve(`${n}.txt\u001b[2J`));
  expect(skippedLines({ hidden: [], link: [], special: [], own: [] }, many)).toEqual([
    'Skipped 12 files, not named like an image: 0.txt\\u001b[2J, 1.txt\\u001b[2J, 2.txt\\u001b[2J and 9 others.',
  ]);
});

test.each([
  ['what is not there', 'nowhere.jpg', 'there is nothing at nowhere.jpg'],
  ['what is neither a file nor a folder', 'shop/socket.jpg', 'shop/socket.jpg is neither'],
])('%s is a usage error', async (_, given, words) => {
  const finding = findFiles([given]);
  await expect(finding).rejects.toThrow(UsageError);
  await expect(finding).rejects.toThrow(words);
});

test('a folder that cannot be read is reported, and the others are searched', async () => {
  const fs = require('node:fs/promises') as typeof import('node:fs/promises');
  const read = fs.readdir;
  const spy = jest
    .spyOn(fs, 'readdir')
    .mockImplementation(((at: string, options: object) =>
      at.endsWith('products')
        ? Promise.reject(new Error("EACCES: permission denied, scandir 'products'"))
        : (read as (at: string, options: object) => unknown)(at, options)) as never);
  const { found, unreadable } = await findFiles(['shop']);
  spy.mockRestore();
  expect(found.map(({ path: at }) => at)).toEqual(['shop/people/a.jpg', 'shop/people/notes.txt']);
  expect(unreadable).toEqual([
    {
      file: path.resolve('shop', 'products'),
      path: 'shop/products',
      named: false,
      error: expect.objectContaining({ message: expect.stringContaining('EACCES') }),
    },
  ]);
});

test.each([
  ['', '', 'a/b.jpg'],
  ['', 'uploads/', 'uploads/a/b.jpg'],
  ['products/', '', 'products/a/b.jpg'],
  ['products', '', 'products/a/b.jpg'],
  ['products', 'uploads/', 'uploads/products/a/b.jpg'],
  ['uploads/products/', 'uploads/', 'uploads/products/a/b.jpg'],
  ['uploads', 'uploads/', 'uploads/a/b.jpg'],
])('with --prefix %j, where "%s" starts the workflow, the key is %s', (prefix, uploadsPrefix, key) => {
  expect(keysBelow(prefix, uploadsPrefix)('a/b.jpg')).toBe(key);
});
