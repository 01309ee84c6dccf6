import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DETAIL_TYPES, EVENT_SOURCE } from '../../contract/messages/outcome-event';
import schema from '../../contract/messages/outcome-event.schema.json';
import { compilePattern } from '../../local-aws';
import { document } from './documents';
import { patternsIn } from './patterns';

const text = document('events.md');
const event = (type: keyof typeof DETAIL_TYPES, detail: object = {}) => ({
  source: EVENT_SOURCE,
  'detail-type': DETAIL_TYPES[type],
  detail: {
    version: '1',
    namePrefix: 'thumbnail-workflow',
    source: { key: 'uploads/products/hat.jpg' },
    ...detail,
  },
});
const corrupt = event('failed', { error: { name: 'CorruptImage' } });
const refused = event('failed', { error: { name: 'UnsupportedFormat' } });
const elsewhere = event('ready', { source: { key: 'uploads/hat.jpg' } });
const others = event('ready', { namePrefix: 'other' });
const all = [event('ready'), elsewhere, others, corrupt, refused, event('removed')];

test.each([
  [0, [event('ready'), elsewhere, corrupt, refused, event('removed')]],
  [1, [event('ready'), elsewhere, corrupt, refused]],
  [2, [event('ready'), others]],
  [3, [corrupt]],
])('pattern %d of the document matches what it says', (n, expected) => {
  expect(patternsIn('events.md')).toHaveLength(4);
  const matches = compilePattern(patternsIn('events.md')[n]);
  expect(all.filter(matches)).toEqual(expected);
});

test('the document and the schema have the same types of events', () => {
  const documented = [...text.matchAll(/^\| `([A-Z][^`]+)` \|/gm)].map(([, type]) => type);
  expect(documented).toEqual(Object.values(DETAIL_TYPES));
  expect(schema.properties['detail-type'].enum).toEqual(Object.values(DETAIL_TYPES));
  expect(schema.properties.source.const).toBe(EVENT_SOURCE);
});

/** A block of Terraform: its type, and the names of its arguments. */
const blocks = [...text.matchAll(/^(resource|data) "aws_(\w+)" "\w+" \{\n(.*?)^\}/gms)].map(
  ([, kind, type, body]) => ({
    file: `${kind === 'data' ? 'data-aws-' : ''}${type!.replaceAll('_', '-')}`,
    arguments: [...body!.matchAll(/^ {2}(\w+)(?: +=| \{)/gm)].map(([, name]) => name!),
  }),
);

test.each(blocks)('the provider knows the arguments of $file', ({ file, arguments: names }) => {
  const folder = path.join(path.dirname(require.resolve('@cdktf/provider-aws/package.json')), 'lib', file);
  expect(existsSync(folder)).toBe(true);
  const provider = readFileSync(path.join(folder, 'index.js'), 'utf8');
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(provider).toContain(`            ${name}: `);
});
