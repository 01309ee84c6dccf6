/** The schemas of the SDK are rewritten so that a bundle can leave out those it doesn't need. They must mean the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { awsClientsOf, withPlainKeys } from '../../bundling/adapted-aws-clients';
import { compile } from '../../bundling/compile';
import { ROOT } from './project';

const clients = awsClientsOf(ROOT);

/** What a module of schemas exports, as text: the functions in it only name other schemas. */
function exportsOf(text: string): string {
  const { code } = transformSync(text, { format: 'cjs' });
  const errors = new Proxy({}, { get: () => class {} });
  const fromRoot = createRequire(join(ROOT, 'package.json'));
  const module: { exports: object } = { exports: {} };
  const evaluate = new Function('module', 'require', code) as (
    into: typeof module,
    load: (id: string) => unknown,
  ) => void;
  evaluate(module, (id) => (id.startsWith('.') ? errors : fromRoot(id)));
  return JSON.stringify({ ...module.exports }, (_key, value) =>
    typeof value === 'function' ? String(value) : value,
  );
}

test.each(clients)('the schemas of $name mean what they meant', ({ name, changed }) => {
  const [[path, change]] = Object.entries(changed) as [[string, (text: string) => string]];
  const original = readFileSync(join(ROOT, 'node_modules', name, path), 'utf8');
  const rewritten = change(original);
  expect(rewritten).not.toBe(original);
  const before = exportsOf(original);
  expect(before.length).toBeGreaterThan(5_000);
  expect(exportsOf(rewritten)).toBe(before);
});

test('all clients of the functions are among them', () => {
  expect(clients.map(({ name }) => name).sort()).toEqual(
    ['dynamodb', 's3', 'sfn', 'sns', 'sqs'].map((service) => `@aws-sdk/client-${service}`),
  );
});

test.each([
  ['without any such key', 'export var A$ = [3, "s", "A", { "httpHeader": "x" }];'],
  ['whose constants are imported', 'import { _h } from "./names";\nexport var A$ = [9, { [_h]: ["GET"] }];'],
  ['with other expressions', 'const _h = "http";\nexport var A$ = [{ [_h]: 1 }, { [names.http]: ["GET"] }];'],
])('a module %s is refused, because all of it would stay in every bundle', (_how, text) => {
  expect(() => withPlainKeys(text, '@aws-sdk/client-x')).toThrow(
    /^Expected the keys in dist-es\/schemas\/schemas_0\.js of @aws-sdk\/client-x to be constants in brackets/,
  );
});

test('a bundle has the operations that its function uses, and no others', () => {
  const names = readdirSync(join(ROOT, 'functions')).filter((name) => name !== 'lib');
  const compiled = compile(ROOT, 'functions', names);
  const operationsIn = (name: string) => {
    const text = Buffer.from(compiled.get(name)!.files.get('index.js')!).toString();
    return [
      'GetObject',
      'PutObject',
      'HeadObject',
      'DeleteObjects',
      'PutBucketLifecycleConfiguration',
    ].filter((operation) => new RegExp(`"${operation}"`).test(text));
  };
  expect(operationsIn('thumbnail')).toEqual(['GetObject', 'PutObject', 'HeadObject']);
  expect(operationsIn('notify')).toEqual([]);
  for (const name of names) expect(operationsIn(name)).not.toContain('PutBucketLifecycleConfiguration');
});
