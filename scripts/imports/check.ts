/** Holds imports against the rules. */
import type { Allowances } from './allowances';
import { findCycles } from './cycles';
import type { Import } from './read';
import { RULES, type Rule } from './rules';

/** Everything that is wrong with these imports, in sentences for a person. */
export function problems(imports: Import[], allowances: Allowances, rules = RULES): string[] {
  const unused = new Set<unknown>([...allowances.imports, ...allowances.cycles]);
  const use = (allowance: unknown) => allowance !== undefined && (unused.delete(allowance) || true);

  const forbidden = imports.flatMap((found) => {
    const message = problemOf(found, rules);
    const allowance = allowances.imports.find(
      ([from, to]) => within(found.from, from) && within(found.to, to),
    );
    return message && !use(allowance) ? [message] : [];
  });
  const circles = findCycles(imports).flatMap((files) => {
    const allowance = allowances.cycles.find((group) => files.every((file) => group.includes(file)));
    return use(allowance)
      ? []
      : [
          `These files import each other in a circle; move what they share into a file of its own: ${files.join(', ')}`,
        ];
  });
  const needless = [...unused].map(
    (allowance) =>
      `Remove from scripts/imports/allowances.ts what is no longer needed: ${JSON.stringify(allowance)}`,
  );
  return [...forbidden, ...circles, ...needless];
}

/** What is wrong with one import, or undefined if the rules allow it. */
export function problemOf({ from, line, to }: Import, rules = RULES): string | undefined {
  const room = roomOf(from, rules);
  if (!room) return `${from}:${line} lies in a folder without a rule. Add one to scripts/imports/rules.ts.`;
  const { folder, rule } = room;
  if (within(to, folder) || rule.imports.some((allowed) => within(to, allowed))) return undefined;
  const allowed = rule.imports.length === 0 ? 'nothing outside of itself' : `only ${rule.imports.join(', ')}`;
  return `${from}:${line} imports ${to}, but ${folder} may import ${allowed}. ${rule.why}`;
}

/** The most particular rule for a file and the folder that it means, or undefined if no rule covers the file. */
function roomOf(file: string, rules: Rule[]): { folder: string; rule: Rule } | undefined {
  const names = file.split('/');
  const [first] = rules
    .map((rule) => ({ rule, pattern: rule.folder.split('/') }))
    .filter(({ pattern }) => pattern.every((name, index) => name === names[index] || name === '*'))
    .sort((a, b) => b.pattern.length - a.pattern.length);
  return first && { rule: first.rule, folder: names.slice(0, first.pattern.length).join('/') };
}

/** Whether the path is this file or lies in this folder. */
function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
