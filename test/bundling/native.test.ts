import { requireLoadable } from '../../bundling/native';
import { type Contents, sharedLibrary } from './elf-file';

const ADDON = 'node_modules/@img/sharp-linux-arm64/lib/sharp.node';
const LIBRARY = 'node_modules/@img/sharp-libvips-linux-arm64/lib/libvips.so.8.18';

/** As sharp's own files are: the addon finds libvips next to it, and the system provides the rest. */
const addon: Contents = {
  needed: ['libvips.so.8.18', 'libc.so.6'],
  searchPath: '$ORIGIN/nowhere:$ORIGIN/../../sharp-libvips-linux-arm64/lib',
  exports: ['napi_register_module_v1'],
  imports: [
    { name: 'vips_init' },
    { name: 'napi_create_object' },
    { name: '__gmon_start__', weak: true },
    { name: 'memcpy', version: { library: 'libc.so.6', name: 'GLIBC_2.17' } },
  ],
};
const library: Contents = {
  soname: 'libvips.so.8.18',
  needed: ['libstdc++.so.6'],
  searchPath: '$ORIGIN/',
  exports: ['vips_init'],
  imports: [{ name: '_ZdlPv', version: { library: 'libstdc++.so.6', name: 'GLIBCXX_3.4' } }],
};

const check = (files: Record<string, Contents | Uint8Array>) =>
  requireLoadable(
    'thumbnail',
    new Map(
      Object.entries(files).map(([path, file]) => [
        path,
        file instanceof Uint8Array ? file : sharedLibrary(file),
      ]),
    ),
  );

test('an addon with all its libraries and symbols is accepted', () => {
  expect(() => check({ 'index.js': Buffer.from(''), [ADDON]: addon, [LIBRARY]: library })).not.toThrow();
});

test('a package whose addon npm could not fetch is refused', () => {
  expect(() => check({ 'index.js': Buffer.from('') })).toThrow(
    'Expected a native addon (.node) for linux-arm64 but found none: npm could not fetch it, in the package of thumbnail. Lambda could not load it. Remove dist/ and try again. If that does not help, the version of sharp in package-lock.json does not run on Lambda with arm64: choose another.',
  );
});

test.each<[string, Contents | Uint8Array]>([
  ['x64 Linux', { ...addon, machine: 62 }],
  ['macOS', Uint8Array.from([0xcf, 0xfa, 0xed, 0xfe])],
])('an addon for %s is refused', (_platform, file) => {
  expect(() => check({ [ADDON]: file, [LIBRARY]: library })).toThrow(
    `Expected ${ADDON} to be built for linux-arm64 but it is not, in the package of thumbnail.`,
  );
});

test('a library for another processor is refused', () => {
  expect(() => check({ [ADDON]: addon, [LIBRARY]: { ...library, machine: 62 } })).toThrow(
    `Expected ${LIBRARY} to be built for linux-arm64 but it is not,`,
  );
});

test('a truncated file is refused, wherever it was cut', () => {
  const whole = sharedLibrary(library);
  for (let length = 6; length < whole.length; length += 7) {
    expect(() => check({ [ADDON]: addon, [LIBRARY]: whole.subarray(0, length) })).toThrow(
      /^Expected \S+libvips\S* (to be|, which)/,
    );
  }
});

test('an addon without the function Node looks for is refused', () => {
  expect(() => check({ [ADDON]: { ...addon, exports: [] }, [LIBRARY]: library })).toThrow(
    `Expected ${ADDON} to have the function napi_register_module_v1 but it does not,`,
  );
});

test('an addon whose library is not where it looks is refused', () => {
  const message = `Expected to find libvips.so.8.18, which ${ADDON} needs, but it is not where ${ADDON} looks for it,`;
  expect(() => check({ [ADDON]: addon })).toThrow(message);
  expect(() => check({ [ADDON]: addon, 'lib/libvips.so.8.18': library })).toThrow(message);
});

test('an addon for another C library is refused', () => {
  expect(() => check({ [ADDON]: { ...addon, needed: ['libc.musl-aarch64.so.1'] } })).toThrow(
    `Expected to find libc.musl-aarch64.so.1, which ${ADDON} needs, but it is not where ${ADDON} looks for it,`,
  );
});

test('a library that lacks a symbol the addon needs is refused: they are of different versions', () => {
  expect(() => check({ [ADDON]: addon, [LIBRARY]: { ...library, exports: ['vips_start'] } })).toThrow(
    `Expected the symbol vips_init, which ${ADDON} needs, in any library of the package but it is missing,`,
  );
});

test.each([
  ['GLIBC_2.34', true],
  ['GLIBC_2.35', false],
  ['GLIBC_3.0', false],
  ['GLIBC_2.4', true],
  ['GLIBC_PRIVATE', false],
])('Amazon Linux 2023 has symbols of %s: %s', (name, there) => {
  const newer = { ...library, imports: [{ name: 'stat', version: { library: 'libc.so.6', name } }] };
  const verify = () => check({ [ADDON]: addon, [LIBRARY]: newer });
  if (there) expect(verify).not.toThrow();
  else {
    expect(verify).toThrow(
      `Expected the symbol stat, which ${LIBRARY} needs, in ${name} of libc.so.6 but it is missing,`,
    );
  }
});
