import { compiledFunctions } from './compiled';

const compiled = compiledFunctions();
const sizeOf = (name: string, file: string) => compiled.get(name)!.files.get(file)!.length;

test('only Thumbnail has native code: Validate and Notify load JavaScript alone', () => {
  expect(compiled.get('thumbnail')!.nativePackages).toEqual(['sharp']);
  for (const name of ['validate', 'notify']) {
    const { nativePackages, sources, files } = compiled.get(name)!;
    expect(nativePackages).toEqual([]);
    expect(sources.filter((source) => /\bsharp\b|@img\/|detect-libc/.test(source))).toEqual([]);
    expect(Buffer.from(files.get('index.js')!).toString()).not.toContain('.node`');
  }
});

test('no function contains credential providers that Lambda does not use', () => {
  for (const { sources } of compiled.values()) {
    expect(sources.join('\n')).toContain('credential-provider-env');
    expect(
      sources.filter((source) => /credential-provider-(sso|ini|process|http|node)/.test(source)),
    ).toEqual([]);
  }
});

test('a source map covers own sources only, and is a small part of the package', () => {
  const { sources } = JSON.parse(
    Buffer.from(compiled.get('validate')!.files.get('index.js.map')!).toString(),
  );
  expect(sources).toContain('../functions/validate/validate.ts');
  expect(sources.filter((source: string) => !source.startsWith('../functions/'))).toEqual([]);
  expect(sizeOf('validate', 'index.js.map')).toBeLessThan(sizeOf('validate', 'index.js') / 3);
});

test('no line is long, because Node prints the whole line of an uncaught error', () => {
  const lines = Buffer.from(compiled.get('validate')!.files.get('index.js')!).toString().split('\n');
  // A line may only be broken between tokens, and a string in the code may be long.
  const long = lines.filter((line) => line.length > 400);
  expect(long.length).toBeLessThan(45);
});
