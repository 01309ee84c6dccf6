/** Blocks within a block. Unknown arguments are refused, as those of a resource are. */

export type Json = Record<string, unknown>;

/**
 * @param value a block as Terraform JSON writes it: an object, a list of them, or nothing
 * @param known arguments that are understood
 * @param name of the argument that holds the block, for the message
 * @throws Error naming an argument that is not understood
 */
export function nestedBlocks(value: unknown, known: string[], name: string): Json[] {
  const blocks = (value === undefined || value === null ? [] : [value].flat()) as Json[];
  for (const block of blocks) {
    const unknown = Object.keys(block).filter((key) => !known.includes(key));
    if (unknown.length > 0) {
      throw new Error(
        `the local engine does not know ${unknown.map((key) => `${name}.${key}`).join(', ')}; known are ${known.join(', ')}`,
      );
    }
  }
  return blocks;
}

/** The same for a block that is allowed at most once. @returns undefined if there is none */
export function nestedBlock(value: unknown, known: string[], name: string): Json | undefined {
  const [block, another] = nestedBlocks(value, known, name);
  if (another) throw new Error(`Expected one block for ${name} but received several`);
  return block;
}

/** @throws Error when an argument has any other value */
export function oneOf<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
  if (allowed.includes(value as T)) return value as T;
  throw new Error(`Expected ${allowed.join(' or ')} for ${name} but received ${JSON.stringify(value)}`);
}

/** A list of texts, or the `items` of a block that has nothing else. */
export const texts = (value: unknown): string[] => ((value ?? []) as unknown[]).map(String);
export const items = (value: unknown, name: string): string[] =>
  texts(nestedBlock(value, ['items'], name)?.['items']);
