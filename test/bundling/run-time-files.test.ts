import { runTimeFiles } from '../../bundling/run-time-files';

const kept = (...paths: string[]) => [
  ...runTimeFiles(new Map(paths.map((path) => [path, Buffer.from('')]))).keys(),
];

test('code and licences stay', () => {
  const needed = [
    'node_modules/@img/sharp-linux-arm64/lib/sharp-linux-arm64-0.35.5.node',
    'node_modules/@img/sharp-libvips-linux-arm64/lib/libvips-cpp.so.8.18.7',
    'node_modules/sharp/LICENSE',
    'node_modules/sharp/dist/index.cjs',
    'node_modules/sharp/package.json',
  ];
  expect(kept(...needed)).toEqual(needed);
});

test.each([
  'node_modules/sharp/dist/index.mjs',
  'node_modules/sharp/dist/index.d.cts',
  'node_modules/sharp/install/build.js',
  'node_modules/sharp/src/common.cc',
  'node_modules/@img/sharp-libvips-linux-arm64/lib/glib-2.0/include/glibconfig.h',
])('files for development are left out: %s', (path) => {
  expect(kept(path)).toEqual([]);
});

test('a README stays if it is the licence', () => {
  expect(kept('node_modules/a/README.md', 'node_modules/a/LICENSE.md', 'node_modules/b/README.md')).toEqual([
    'node_modules/a/LICENSE.md',
    'node_modules/b/README.md',
  ]);
});
