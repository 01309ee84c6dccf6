/**
 * The AWS clients with schemas and errors that can be left out of a bundle. A schema describes the fields of one operation; the
 * S3 client has more than 500 of them, and a function needs ten.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdaptedPackage } from './adapted-package';

const SCHEMAS = 'dist-es/schemas/schemas_0.js';

/** @returns the clients that the project depends on */
export function awsClientsOf(root: string): AdaptedPackage[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies)
    .filter((name) => name.startsWith('@aws-sdk/client-'))
    .map((name) => ({
      name,
      folder: 'dist-es',
      ending: '.js',
      entry: 'dist-es/index.js',
      changed: {
        [SCHEMAS]: (original, installed) =>
          withOwnErrors(withPlainKeys(original, name), errorsOf(installed), name),
      },
    }));
}

/**
 * Writes the names of keys in place of the constants that hold them: `{ httpHeader: … }` for `{ [_hH]: … }`. To evaluate a
 * computed key may have an effect, as far as a bundler knows, so it keeps each schema that has one.
 *
 * @param text a module of schemas
 * @param name of the package, for the error message
 * @throws Error if the module is written in another way, so that nothing could be left out
 */
export function withPlainKeys(text: string, name: string): string {
  const constants = new Map(
    [...text.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, constant, value]) => [constant, value]),
  );
  const plain = text.replace(/\[(\w+)\]:/g, (key, constant: string) => {
    const value = constants.get(constant);
    return value === undefined ? key : `${value}:`;
  });
  if (plain !== text && !/\[[^\][,]+\]:/.test(plain)) return plain;
  throw new Error(
    `Expected the keys in ${SCHEMAS} of ${name} to be constants in brackets but they are not: this version of it is ` +
      'written differently.  Go back to the previous version, or adapt bundling/adapted-aws-clients.ts.',
  );
}

const THROWS = /@throws \{@link (\w+)\} \(\w+ fault\)/g;

/** The names of the errors that the service says an operation may answer with, by the operation. */
export type Errors = ReadonlyMap<string, readonly string[]>;

/**
 * Reads them from the comments of the commands, which are made from the service's model. Those that the client marks as worth a
 * retry are errors of every operation: only their classes say so.
 */
export function errorsOf(installed: string): Errors {
  const folder = join(installed, 'dist-types/commands');
  const classes = readFileSync(join(installed, 'dist-es/models/errors.js'), 'utf8').split(/^export class /m);
  const retryable = classes
    .filter((text) => text.includes('$retryable'))
    .map((text) => text.slice(0, text.indexOf(' ')));
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('Command.d.ts'))
      .map((file) => [
        file.slice(0, -'Command.d.ts'.length),
        [
          ...new Set([
            ...[...readFileSync(join(folder, file), 'utf8').matchAll(THROWS)].map(([, error]) => error!),
            ...retryable,
          ]),
        ],
      ]),
  );
}

/**
 * Registers an error where an operation is defined that may answer with it. The SDK registers all, so that a bundler keeps
 * the class and the schema of each: some 35 per client. An error that isn't registered is an error of the client's base
 * class, with the name and the message that the service sent.
 *
 * @param text a module of schemas
 * @param name of the package, for the error message
 * @throws Error if the module is written in another way, or if it isn't known which errors an operation has
 */
export function withOwnErrors(text: string, errors: Errors, name: string): string {
  const registered = new Set<string>();
  const unregistered = text.replace(/^n0_registry\.registerError\((\w+)\$, \1\);\n/gm, (_, error: string) => {
    registered.add(error);
    return '';
  });
  const operations = new Set<string>();
  const own = unregistered.replace(
    /^(export var (\w+)\$ = )(\[9, n0, [^;]*\]);$/gm,
    (_, start: string, operation: string, schema: string) => {
      operations.add(operation);
      const pairs = (errors.get(operation) ?? []).map((error) => `[${error}$, ${error}]`);
      return `${start}/* @__PURE__ */ withErrors(${schema}, [${pairs.join(', ')}]);`;
    },
  );
  const isKnown =
    registered.size > 0 &&
    operations.size > 0 &&
    [...operations].every((operation) => errors.has(operation)) &&
    [...errors.values()].flat().every((error) => registered.has(error)) &&
    new Set([...errors.values()].flat()).size > 0 &&
    own.match(/\.registerError\(/g)?.length === 1;
  if (isKnown) return `${own}${WITH_ERRORS}`;
  throw new Error(
    `Expected ${SCHEMAS} of ${name} to register the errors that the comments of its commands name but it does not: this ` +
      'version of it is written differently.  Go back to the previous version, or adapt bundling/adapted-aws-clients.ts.',
  );
}

const WITH_ERRORS = `
function withErrors(operation, errors) {
  for (const [schema, type] of errors) n0_registry.registerError(schema, type);
  return operation;
}
`;
