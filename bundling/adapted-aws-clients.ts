/**
 * The AWS clients with schemas that can be left out of a bundle. A schema describes the fields of one operation; the S3
 * client has more than 500 of them, and a function needs ten.
 */
import { readFileSync } from 'node:fs';
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
      changed: { [SCHEMAS]: (original) => withPlainKeys(original, name) },
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
