/** The schemas of the SDK are rewritten so that a bundle can leave out those it doesn't need. They must mean the same. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { awsClientsOf, errorsOf, withOwnErrors, withPlainKeys } from '../../bundling/adapted-aws-clients';
import { compiledFunctions, FUNCTIONS } from './compiled';
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
  const [[path, change]] = Object.entries(changed) as [[string, (text: string, installed: string) => string]];
  const installed = join(ROOT, 'node_modules', name);
  const original = readFileSync(join(installed, path), 'utf8');
  const rewritten = change(original, installed);
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

const SCHEMAS = `_s_registry.registerError(Base$, Base);
export var No$ = [-3, n0, "No"];
n0_registry.registerError(No$, No);
export var Ask$ = [9, n0, "Ask", 0, () => A$, () => B$];
`;

test('errors are registered where an operation has them', () => {
  const text = withOwnErrors(SCHEMAS, new Map([['Ask', ['No']]]), '@aws-sdk/client-x');
  expect(text.split('\n').slice(0, 3)).toEqual([
    '_s_registry.registerError(Base$, Base);',
    'export var No$ = [-3, n0, "No"];',
    'export var Ask$ = /* @__PURE__ */ withErrors([9, n0, "Ask", 0, () => A$, () => B$], [[No$, No]]);',
  ]);
});

test('an operation has the errors that our code reads or counts', () => {
  const of = (service: string) => errorsOf(join(ROOT, 'node_modules/@aws-sdk', `client-${service}`));
  expect(of('dynamodb').get('UpdateItem')).toContain('ConditionalCheckFailedException');
  // Only its class says that it is worth a retry.
  expect(of('dynamodb').get('GetItem')).toContain('ReplicatedWriteConflictException');
  expect(of('sns').get('Publish')).toEqual(
    expect.arrayContaining(['AuthorizationErrorException', 'KMSAccessDeniedException']),
  );
  expect(of('sns').get('Publish')).not.toContain('TagLimitExceededException');
});

test.each([
  ['that registers none', SCHEMAS.replace(/^n0_registry.*\n/m, ''), new Map([['Ask', []]])],
  [
    'that registers them in another way',
    SCHEMAS.replace('n0_registry', 'n1_registry'),
    new Map([['Ask', ['No']]]),
  ],
  ['with an operation without comments', SCHEMAS, new Map([['Tell', ['No']]])],
  ['with an unknown error', SCHEMAS, new Map([['Ask', ['No', 'Never']]])],
  ['whose comments name no errors', SCHEMAS, new Map([['Ask', []]])],
])('a module %s is refused, because errors would be missing', (_how, text, errors) => {
  expect(() => withOwnErrors(text, errors, '@aws-sdk/client-x')).toThrow(
    /^Expected dist-es\/schemas\/schemas_0\.js of @aws-sdk\/client-x to register the errors/,
  );
});

test('a bundle has the operations that its function uses, and no others', () => {
  const compiled = compiledFunctions();
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
  for (const name of FUNCTIONS) expect(operationsIn(name)).not.toContain('PutBucketLifecycleConfiguration');
});
