/** Reads arguments of a block in the shape they have to have. */

import type { Block } from './block';
import type { Json } from './nested';

/** @throws Error where an argument or attribute is not text, or empty */
export function text(block: Block, attribute: string): string {
  const value = block.attribute(attribute);
  if (typeof value !== 'string' || value === '') {
    throw new Error(`Expected text for ${attribute} but received ${JSON.stringify(value)}`);
  }
  return value;
}

/** Terraform JSON writes a block that may stand once as an object or as a list of one. */
export function single(value: unknown): Json {
  return ((Array.isArray(value) ? value[0] : value) ?? {}) as Json;
}

/** @throws Error where a value is not JSON text */
export function json(value: unknown): Json {
  try {
    return JSON.parse(String(value)) as Json;
  } catch (error) {
    throw new Error(
      `Expected JSON text but received ${String(value).slice(0, 80)}…: ${(error as Error).message}`,
    );
  }
}
