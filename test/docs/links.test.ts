import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { anchor, headings } from './documents';

const root = path.join(__dirname, '../..');

/** Every Markdown file of the project, also one that Git doesn't track yet. */
const documents = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .stdout.split('\n')
  .filter((file) => file && existsSync(path.join(root, file)));

/** The text without code, in which brackets aren't links. */
const withoutCode = (text: string) => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');

/** The anchors of a Markdown file. GitHub numbers those that occur again. */
function anchors(text: string): string[] {
  const seen = new Map<string, number>();
  return headings(text.replace(/^```.*?^```/gms, '')).map((heading) => {
    const name = anchor(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
}

/** The relative links and images of a file that lead nowhere. */
function broken(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const links = [
    ...withoutCode(text).matchAll(/\]\(\s*<?([^)\s>]+)/g),
    ...withoutCode(text).matchAll(/^\[[^\]]+\]:\s*(\S+)/gm),
    ...withoutCode(text).matchAll(/\b(?:src|href)="([^"]+)"/g),
  ].map(([, link]) => link as string);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [name, fragment] = link.split('#') as [string, string?];
    const target = name
      ? path.join(root, path.dirname(file), decodeURIComponent(name))
      : path.join(root, file);
    if (!existsSync(target)) return true;
    if (fragment === undefined || !target.endsWith('.md')) return false;
    return !anchors(readFileSync(target, 'utf8')).includes(fragment);
  });
}

test('there are documents to check', () => {
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'docs/operations.md', 'local-aws/README.md']),
  );
});

test.each(documents)('every relative link in %s leads to a file and a heading', (file) => {
  expect(broken(file)).toEqual([]);
});
