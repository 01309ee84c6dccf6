import { compile } from '../../bundling/compile';
import { ROOT } from './project';

const compiled = compile(ROOT, 'functions', ['validate', 'thumbnail', 'notify']);
const sizeOf = (name: string, file: string) => compiled.get(name)!.files.get(file)!.length;

test('Thumbnail alone has native code: what Validate and Notify load is JavaScript', () => {
  expect(compiled.get('thumbnail')!.nativePackages).toEqual(['sharp']);
  for (const name of ['validate', 'notify']) {
    const { nativePackages, sources, files } = compiled.get(name)!;
    expect(nativePackages).toEqual([]);
    expect(sources.filter((source) => /\bsharp\b|@img\/|detect-libc/.test(source))).toEqual([]);
    expect(Buffer.from(files.get('index.js')!).toString()).not.toContain('.node`');
  }
});

test('no function holds the ways to credentials that Lambda has no use for', () => {
  for (const { sources } of compiled.values()) {
    expect(sources.join('\n')).toContain('credential-provider-env');
    expect(
      sources.filter((source) => /credential-provider-(sso|ini|process|http|node)/.test(source)),
    ).toEqual([]);
  }
});

test('a map tells of own sources only, and is a small part of the package', () => {
  const { sources } = JSON.parse(
    Buffer.from(compiled.get('validate')!.files.get('index.js.map')!).toString(),
  );
  expect(sources).toContain('../functions/validate/validate.ts');
  expect(sources.filter((source: string) => !source.startsWith('../functions/'))).toEqual([]);
  expect(sizeOf('validate', 'index.js.map')).toBeLessThan(sizeOf('validate', 'index.js') / 3);
});

test('no line is long: Node prints the whole line of an error that nobody caught', () => {
  const lines = Buffer.from(compiled.get('validate')!.files.get('index.js')!).toString().split('\n');
  // A line may only be broken between tokens, and a text in the code may be long.
  const long = lines.filter((line) => line.length > 400);
  expect(long.length).toBeLessThan(lines.length / 50);
});
