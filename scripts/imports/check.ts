/** Checks imports against the rules. */
import { findCycles } from './cycles';
import type { Import } from './read';
import { RULES, type Rule } from './rules';

/** Everything that is wrong with these imports, as sentences for a person. */
export function problems(imports: Import[], rules = RULES): string[] {
  const forbidden = imports
    .map((found) => problemOf(found, rules))
    .filter((problem) => problem !== undefined);
  const circles = findCycles(imports).map(
    (files) =>
      `These files import each other in a circle; move what they share into another file: ${files.join(', ')}`,
  );
  return [...forbidden, ...circles];
}

/** What is wrong with one import, or undefined if the rules allow it. */
export function problemOf({ from, line, to }: Import, rules = RULES): string | undefined {
  const room = roomOf(from, rules);
  if (!room) return `${from}:${line} is in a folder without a rule. Add one to scripts/imports/rules.ts.`;
  const { folder, rule } = room;
  if (within(to, folder) || rule.imports.some((allowed) => within(to, allowed))) return undefined;
  const allowed = rule.imports.length === 0 ? 'nothing outside itself' : `only ${rule.imports.join(', ')}`;
  return `${from}:${line} imports ${to}, but ${folder} may import ${allowed}. ${rule.why}`;
}

/** The most specific rule for a file, with the folder it applies to, or undefined if no rule covers the file. */
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
