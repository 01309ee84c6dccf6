/** The bundles lack parts of the AWS SDK that no function runs (bundling/adapted-sdk.ts). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { leftOut, SDK, withNodesHash, withoutDescriptions } from '../../bundling/adapted-sdk';
import { replaceArrows } from '../../bundling/arrows';
import { compile } from '../../bundling/compile';
import { project, ROOT } from './project';

const changes = SDK.flatMap(({ name, changed }) =>
  Object.entries(changed).map(([path, change]) => {
    const installed = join(ROOT, 'node_modules', name);
    const original = readFileSync(join(installed, path), 'utf8');
    return { path: `${name}/${path}`, original, text: change(original, installed) };
  }),
);

/** What a module without imports exports. */
function exportsOf(text: string): Record<string, unknown> {
  const module = { exports: {} };
  new Function('module', 'require', transformSync(text, { format: 'cjs' }).code)(module, require);
  return module.exports;
}

const LEFT_OUT = changes.filter(({ text }) => text.includes('is not part of the bundles'));

test.each(LEFT_OUT)('what stands for $path says so if it is used after all', ({ original, text }) => {
  const names = [...original.matchAll(/^export (?:class|const) (\w+)/gm)].map(([, name]) => name!);
  const exported = exportsOf(text);
  expect(Object.keys(exported)).toEqual(names);
  let count = 0;
  for (const value of Object.values(exported) as (new () => Record<string, () => void>)[]) {
    // A class can be made, but has no method that works.
    const isClass = String(value).startsWith('class');
    const functions = isClass ? Object.values(new value()) : [value as never];
    for (const each of functions) {
      expect(each).toThrow(
        /^\w+\.js is not part of the bundles: to use it, remove it from bundling\/adapted-sdk\.ts\.$/,
      );
      count++;
    }
  }
  expect(count).toBeGreaterThan(0);
});

test('three parts are left out', () => {
  expect(LEFT_OUT.map(({ path }) => path.split('/').at(-1))).toEqual([
    'DefaultRateLimiter.js',
    'getInstanceMetadataRegion.js',
    'HeaderFormatter.js',
  ]);
});

test('regions differ only by what they are called', () => {
  const { original, text } = changes.find(({ path }) => path.endsWith('partitions.js'))!;
  const withoutNames = JSON.stringify(exportsOf(original), (key, value) =>
    key === 'description' ? undefined : value,
  );
  expect(withoutNames.length).toBeGreaterThan(3_000);
  expect(JSON.stringify(exportsOf(text))).toBe(withoutNames);
});

test.each([
  ['a module that exports something else', () => leftOut('export let x = 1;', 'x.js')],
  ['a module that exports nothing', () => leftOut('const x = 1;', 'x.js')],
  ['a class without methods', () => leftOut('export class X {\n}', 'x.js')],
  ['another choice of a hash', () => withNodesHash('export const Sha256Node = pick(Sha256Js);')],
  ['regions without descriptions', () => withoutDescriptions('export const partitionsInfo = {};')],
])('%s is refused, because it would stay in every bundle', (_what, change) => {
  expect(change).toThrow(/^Expected the AWS SDK to be written as when bundling\/adapted-sdk\.ts was/);
});

describe('arrow functions', () => {
  const root = project('arrows', { 'module.js': '' });

  function withoutArrows(text: string): string {
    const file = join(root, 'module.js');
    writeFileSync(file, text);
    replaceArrows(root, [file]);
    return readFileSync(file, 'utf8');
  }

  test('of a module become ordinary ones that do the same', async () => {
    const original = `
      const twice = (value) => value * 2;
      export const sum = (...values) => values.reduce((all, { n = 1 }) => all + n, 0);
      export const later = (step) => async (value) => { const next = await step(value); return () => next; };
      export const at = Object.assign((key) => ({ [key]: () => twice(key.length) }), { name2: 'at' });
    `;
    const text = withoutArrows(original);
    expect(text).not.toContain('=>');
    const results = [original, text].map(async (code) => {
      const { sum, later, at } = exportsOf(code) as Record<string, (...values: unknown[]) => never>;
      const nested = await (later!((value: number) => value + 1) as (value: number) => Promise<() => number>)(
        2,
      );
      const { abc } = at!('abc') as { abc: () => number };
      return [sum!({ n: 2 }, {}), nested(), abc(), sum!.name, (at as unknown as { name2: string }).name2];
    });
    expect(await results[1]).toEqual([3, 3, 6, 'sum', 'at']);
    expect(await results[0]).toEqual(await results[1]);
  });

  test.each([
    ['this', 'export const f = (o) => () => this;'],
    ['a class', 'export class A { x = 1; f = () => 1; }'],
    ['super', 'export const o = { m() { return (() => super.m())(); } };'],
    ['arguments', 'export function f() { return (() => arguments[0])(); }'],
    ['new.target', 'export function f() { return (() => new.target)(); }'],
  ])('stay where there is %s, which esbuild gets wrong', (_what, text) => {
    expect(withoutArrows(text)).toBe(text);
  });
});

test('no bundle has what was left out, or a class of characters that V8 looks up while it loads it', () => {
  const names = ['validate', 'notify', 'create-upload'];
  const compiled = compile(ROOT, 'functions', names);
  for (const name of names) {
    const text = Buffer.from(compiled.get(name)!.files.get('index.js')!).toString();
    // The first constant of SHA-256, a method of the rate limiter, an error about instance metadata, a region, \p{…} in a literal.
    const found = ['1779033703', 'fillRate', 'from instance metadata service', 'Cape Town'].filter((part) =>
      text.includes(part),
    );
    expect([name, found, text.match(/[^\\]\\[pP]\{[^}]*\}/)?.[0]]).toEqual([name, [], undefined]);
    expect(text).toContain('createHash');
    // Those of the SDK's classes, of other packages and of ours. With all of the SDK's there are twice as many.
    if (name === 'notify') expect(text.match(/=>/g)!.length).toBeLessThan(320);
  }
  expect(changes.map(({ original }) => original).join()).toMatch(
    /fillRate[\s\S]*from instance metadata service[\s\S]*Cape Town/,
  );
});
