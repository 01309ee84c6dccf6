import { packageFiles } from '../../bundling/zip';

const zip = (...files: [string, string][]) =>
  Buffer.from(packageFiles('f', new Map(files.map(([path, content]) => [path, Buffer.from(content)]))));

test('the order of the files does not matter', () => {
  expect(zip(['b', '2'], ['a', '1'])).toEqual(zip(['a', '1'], ['b', '2']));
});

test('files are readable by the user on Lambda, and there are no entries for folders', () => {
  const bytes = zip(['node_modules/a/index.js', 'x']);
  const directory = bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  const externalAttributes = bytes.readUInt32LE(directory + 38);
  expect((externalAttributes >>> 16).toString(8)).toBe('100644');
  expect(bytes.readUInt16LE(bytes.length - 12)).toBe(1);
});

test('a package that is too large for Lambda is refused, with its size', () => {
  const huge = new Map([['a', new Uint8Array(250 * 1024 * 1024 + 1)]]);
  expect(() => packageFiles('thumbnail', huge)).toThrow(
    "Expected at most 262144000 bytes for the unpacked package of thumbnail, which is Lambda's limit, but received 262144001.",
  );
});
