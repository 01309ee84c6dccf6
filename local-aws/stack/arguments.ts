/** Reads arguments of a block, and checks their type. */

import type { Block } from './block';
import type { Json } from './nested';

/** @throws Error if an attribute isn't text, or is empty */
export function text(block: Block, attribute: string): string {
  const value = block.attribute(attribute);
  if (typeof value !== 'string' || value === '') {
    throw new Error(`Expected text for ${attribute} but received ${JSON.stringify(value)}`);
  }
  return value;
}

/** In Terraform JSON, a block that is allowed once may be an object or a list with one. */
export function single(value: unknown): Json {
  return ((Array.isArray(value) ? value[0] : value) ?? {}) as Json;
}

/** @throws Error if a value isn't JSON text */
export function json(value: unknown): Json {
  try {
    return JSON.parse(String(value)) as Json;
  } catch (error) {
    throw new Error(
      `Expected JSON text but received ${String(value).slice(0, 80)}…: ${(error as Error).message}`,
    );
  }
}
