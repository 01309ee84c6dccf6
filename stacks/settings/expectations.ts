/** Zod schemas whose errors read "expected X, received Y". */
import { z } from 'zod';

const LONGEST_VALUE = 80;

/** A value as a person would write it in the file, cut where it is long. */
function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

/** Zod parameters that name the expectation: `expect('an integer')` gives `expected an integer, received "wide"`. */
export const expect = (expectation: string) => ({
  error: (issue: { input?: unknown }) => `expected ${expectation}, received ${show(issue.input)}`,
});

/** An integer from `least` to `most`. */
export function integer(least: number, most: number) {
  const expectation = expect(`an integer from ${least} to ${most}`);
  return z.int(expectation).min(least, expectation).max(most, expectation);
}

/** A string that matches `pattern`, described by `expectation`, which editors show too. */
export function text(pattern: RegExp, expectation: string) {
  return z
    .string(expect(expectation))
    .regex(pattern, expect(expectation))
    .meta({ patternErrorMessage: `Expected ${expectation}` });
}

/** One of `options`. */
export function oneOf<const Option extends string>(options: readonly Option[]) {
  return z.enum(options, expect(`one of ${options.map((option) => `"${option}"`).join(', ')}`));
}

/** One of `words`, or an integer from `least` to `most`. */
export function integerOr<const Word extends string>(words: readonly Word[], least: number, most: number) {
  const names = words.map((word) => `"${word}"`).join(', ');
  const expectation = expect(`${names} or an integer from ${least} to ${most}`);
  // A number out of range is judged by the number's own schema, everything else by the union.
  const number = z.int(expectation).min(least, expectation).max(most, expectation);
  return z.union([z.enum(words), number], expectation);
}

/** True, false, or one of `words`. */
export function flagOr<const Word extends string>(words: readonly Word[]) {
  const expectation = expect(`true, false or ${words.map((word) => `"${word}"`).join(', ')}`);
  return z.union([z.boolean(), z.enum(words)], expectation);
}

export const flag = () => z.boolean(expect('true or false'));

/** An object that accepts the keys of `shape` and no other. */
export function group<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    // The report of unknown keys is worded in problems.ts, where the keys around them are known.
    error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : expect('an object').error(issue)),
  });
}

/** A list of `least` to `most` items, no two of them with the same `identity`. */
export function list<Item extends z.ZodType>(
  item: Item,
  { least = 0, most, identity }: { least?: number; most: number; identity: (item: z.output<Item>) => string },
) {
  const expectation = expect(`a list of ${least} to ${most} items`);
  return z
    .array(item, expectation)
    .min(least, expectation)
    .max(most, expectation)
    .superRefine((items, context) => {
      const seen = new Set<string>();
      items.forEach((value, index) => {
        const id = identity(value);
        if (seen.has(id)) {
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `expected each item once, received ${show(id)} again`,
          });
        }
        seen.add(id);
      });
    });
}
