/** Real deployment packages for the tests. */

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import type { LambdaFunction } from '../../../local-aws/stack/model';

/** Writes a zip of the files into the folder. @returns its path */
export function zipOf(folder: string, files: Record<string, string>): string {
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  const file = path.join(folder, `${randomUUID()}.zip`);
  writeFileSync(file, zipSync(Object.fromEntries(entries)));
  return file;
}

/** A published function whose package consists of the given `index.js` or files. */
export function functionOf(
  folder: string,
  code: string | Record<string, string>,
  overrides: Partial<LambdaFunction> = {},
): LambdaFunction {
  const { name = `fn-${randomUUID()}` } = overrides;
  const arn = `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
  return {
    name,
    arn,
    qualifiedArn: `${arn}:7`,
    version: '7',
    handler: 'index.handler',
    zip: zipOf(folder, typeof code === 'string' ? { 'index.js': code } : code),
    role: 'arn:aws:iam::123456789012:role/function',
    timeoutSeconds: 10,
    memoryMb: 256,
    environment: {},
    logGroup: `/aws/lambda/${name}`,
    ...overrides,
  };
}
