import { scan } from '../../../../functions/lib/prescan';
import { tiff, u16le, u32le } from './build';

/** A TIFF of this many directories; the last one points to that place. */
function chain(directories: number, last: number): Buffer {
  const start = tiff().length;
  const size = 6;
  const at = (n: number) => start + (n - 1) * size;
  const others = Array.from({ length: directories - 1 }, (_, i) =>
    Buffer.concat([u16le(0), u32le(i + 2 < directories ? at(i + 2) : last)]),
  );
  return Buffer.concat([tiff([], { next: directories > 1 ? at(1) : last }), ...others]);
}
const scanned = (bytes: Buffer) => scan(bytes, { whole: true });

test.each([1, 3])('a chain of %d directories that points past the bytes ends there', (directories) => {
  expect(scanned(chain(directories, 1_000_000))).toMatchObject({ kind: 'image', width: 4, height: 3 });
});

test.each([1, 3, 9_999])('a chain of %d directories that points back is suspicious', (directories) => {
  expect(scanned(chain(directories, 8))).toMatchObject({
    kind: 'suspicious',
    what: 'directories',
    found: directories + 1,
    allowed: directories,
  });
});

test('what is behind 10,000 directories is not read', () => {
  expect(scanned(chain(10_000, 8))).toMatchObject({ kind: 'image', width: 4, height: 3 });
});
