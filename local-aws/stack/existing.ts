/** What the account contains besides the stack, as far as the stack uses it. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A policy document as IAM writes it. The engine reads it when it reads the stack. */
const document = z.record(z.string(), z.unknown());

const schema = z.strictObject({
  /**
   * Buckets by name. A bucket that the stack refers to but that isn't listed here has none of these properties, but sends
   * its events.
   */
  buckets: z
    .record(
      z.string(),
      z.strictObject({
        versioning: z.boolean().default(false),
        /** Whether the bucket sends its events to EventBridge. */
        eventBridge: z.boolean().default(true),
        /** ARN of the KMS key for objects whose upload names no key. */
        kmsKey: z.string().optional(),
      }),
    )
    .default({}),
  /** Managed policies by ARN, with the document that `aws iam get-policy-version` shows. */
  policies: z.record(z.string(), document).default({}),
  /** Key policies by the ARN of the key. A key that isn't listed has the default policy of KMS. */
  keys: z.record(z.string(), document).default({}),
  /** SecureString parameters of SSM, by name. */
  parameters: z
    .record(
      z.string(),
      z.strictObject({
        value: z.string().min(1),
        /** ARN of the customer-managed key that encrypts it. */
        kmsKey: z.string().optional(),
      }),
    )
    .default({}),
});

export type Existing = z.output<typeof schema>;

/** The same as a test or a file writes it. */
export type ExistingInput = z.input<typeof schema>;

/**
 * @param name where the values are from, for the messages
 * @throws Error with a line for each mistake
 */
export function parseExisting(values: unknown, name: string): Existing {
  const { data, error } = schema.safeParse(values);
  if (data) return data;
  throw new Error(
    error.issues.map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`).join('\n'),
  );
}

/** @throws Error when the file can't be read, isn't JSON, or has other content */
export function readExisting(file: string): Existing {
  let values: unknown;
  try {
    values = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(
      `Expected a JSON file of what exists besides the stack but can't read ${file}: ${(error as Error).message}`,
    );
  }
  return parseExisting(values, file);
}
