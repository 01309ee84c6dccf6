/** Turns what Zod found into lines that a person can act on: the key, what was expected, and what was received. */
import { z } from 'zod';
import { settingsSchema } from './schema';

/** A key in the settings, and what is wrong with it. */
export interface Problem {
  path: PropertyKey[];
  message: string;
}

/** `['presets', 0, 'variants', 1, 'width']` as `presets[0].variants[1].width`. */
export function formatPath(path: PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** Edits that turn one word into the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, row[j]! + 1, next[j - 1]! + 1);
    }
    row = next;
  }
  return row[b.length]!;
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

/** Made once, because it takes longer than everything else here. */
let jsonSchema: JsonSchema | undefined;

/** The keys that the settings may have at `path`. */
function knownKeys(path: PropertyKey[]): string[] {
  jsonSchema ??= z.toJSONSchema(settingsSchema, { io: 'input' }) as JsonSchema;
  let node: JsonSchema | undefined = jsonSchema;
  for (const part of path) {
    node = typeof part === 'number' ? node?.items : node?.properties?.[String(part)];
  }
  return Object.keys(node?.properties ?? {});
}

function unknownKey(path: PropertyKey[], key: string): Problem {
  const known = knownKeys(path);
  const near = known
    .map((candidate) => ({ candidate, edits: distance(candidate.toLowerCase(), key.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 3))
    .sort((a, b) => a.edits - b.edits)[0];
  const hint = near ? `did you mean "${near.candidate}"?` : `known keys are ${known.join(', ')}`;
  return { path: [...path, key], message: `unknown key; ${hint}` };
}

/** @returns one problem for each wrong key, in the order of the schema. */
export function problemsOf(error: z.ZodError): Problem[] {
  const problems = error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key));
    if (issue.code === 'invalid_key') {
      return [{ path: issue.path, message: issue.issues[0]?.message ?? issue.message }];
    }
    return [{ path: issue.path, message: issue.message }];
  });
  const lines = new Map(problems.map((problem) => [formatPath(problem.path) + problem.message, problem]));
  return [...lines.values()];
}
