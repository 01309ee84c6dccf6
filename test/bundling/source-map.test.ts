import { SourceMap as NodeSourceMap } from 'node:module';
import { buildSync } from 'esbuild';
import { type SourceMap, withOnly } from '../../bundling/source-map';
import { project } from './project';

const root = project('mapped', {
  'own/a.ts':
    "import { far } from '../far/b';\nexport const first = () => far('one');\nexport const last = () => far('two');\n",
  'far/b.ts': 'export function far(word: string) {\n  return word.toUpperCase() + word.length;\n}\n',
});
const { outputFiles } = buildSync({
  absWorkingDir: root,
  entryPoints: ['own/a.ts'],
  outdir: root,
  bundle: true,
  write: false,
  minify: true,
  lineLimit: 40,
  sourcemap: 'external',
});
const [map, code] = ['.map', '.js'].map((end) => outputFiles.find(({ path }) => path.endsWith(end))!.text);
const whole = JSON.parse(map!) as SourceMap;
const own = withOnly((source) => source === 'own/a.ts', whole);

/** Where a position in the code comes from, as Node reads the map. */
function originOf(from: SourceMap, text: string) {
  const lines = code!.split('\n');
  const line = lines.findIndex((each) => each.includes(text));
  const payload = { ...from, file: '', sourcesContent: [], sourceRoot: '' };
  const entry = new NodeSourceMap(payload).findEntry(line, lines[line]!.indexOf(text));
  return 'originalSource' in entry ? [entry.originalSource, entry.originalLine] : [];
}

test('every position in the kept sources is where it was', () => {
  for (const text of ['"one"', '"two"']) {
    expect(originOf(own, text)).toEqual(originOf(whole, text));
    expect(originOf(own, text)[0]).toBe('own/a.ts');
  }
});

test('code from other sources has no original, whatever precedes it', () => {
  expect(originOf(whole, 'toUpperCase')[0]).toBe('far/b.ts');
  expect(originOf(own, 'toUpperCase')[0]).toBeUndefined();
  expect(own.sources).toEqual(['own/a.ts']);
});

test('nothing is lost if all sources are kept', () => {
  const same = withOnly(() => true, whole);
  for (const text of ['toUpperCase', '"one"', '"two"']) {
    expect(originOf(same, text)).toEqual(originOf(whole, text));
  }
  expect(same.names).toEqual([...new Set(whole.names)]);
});
