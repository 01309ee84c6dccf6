import { requireArm64Addon } from '../../../stacks/bundling/native';

/** The first 20 bytes of a 64-bit little-endian ELF file for a machine. */
const elf = (machine: number) =>
  Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, ...Array(12).fill(0), machine, 0]);

const check = (...files: [string, Uint8Array][]) => requireArm64Addon('thumbnail', new Map(files));

test('a native addon for arm64 is accepted', () => {
  expect(() => check(['index.js', Buffer.from('')], ['a.node', elf(183)])).not.toThrow();
});

test('a package whose addon npm could not fetch is refused', () => {
  expect(() => check(['index.js', Buffer.from('')])).toThrow(
    /^Expected a native addon \(\.node\) for linux-arm64 in the package of thumbnail but found none/,
  );
});

test.each([
  ['x64 Linux', elf(62)],
  ['macOS', Uint8Array.from([0xcf, 0xfa, 0xed, 0xfe])],
])('an addon for %s is refused', (_platform, bytes) => {
  expect(() => check(['a.node', bytes])).toThrow(
    'Expected a.node in the package of thumbnail to be built for linux-arm64 but it is not.',
  );
});
