/** Writes what security scanners ask for and the stack declines into docs/security.md, from declined.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import entries from './declined.json';

/** Something that scanners ask for and that a stack may lack. */
export interface Declined {
  /** Ids of Checkov's checks. */
  checks: string[];
  /** Rules of other scanners that ask for the same. */
  also?: string[];
  /** What they ask for, in a few words. */
  what: string;
  /** Regular expression for the resources they report, by their names in the construct tree. */
  on: string;
  /** The setting that decides. Undefined if no setting changes the finding. */
  setting?: string;
  /** Whether making the setting causes the finding, rather than ending it. @default false */
  onWhenSet?: boolean;
  reason: string;
}

export const DECLINED: Declined[] = entries;

const DOCUMENT = join('docs', 'security.md');
const BEGIN = '<!-- The tables of what is declined, written by `npm run docs` -->';
const END = '<!-- End of these tables -->';

/** The document with its tables brought up to date. */
export function withTables(document: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} lacks the lines ${BEGIN} … ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n\n${tables()}\n\n${document.slice(end)}`;
}

export function writeTables(root: string): void {
  const path = join(root, DOCUMENT);
  writeFileSync(path, withTables(readFileSync(path, 'utf8')));
}

function tables(): string {
  const rules = ({ checks, also = [] }: Declined) => [...checks, ...also].join(', ');
  return [
    '**Options**, which a setting decides:',
    table(
      ['what', 'rules', 'setting', 'why it is not on, or can be turned off'],
      DECLINED.filter(({ setting }) => setting !== undefined).map((entry) => [
        entry.what,
        rules(entry),
        `\`${entry.setting}\``,
        entry.reason,
      ]),
    ),
    '**Declined**, with the reason:',
    table(
      ['what', 'rules', 'why not'],
      DECLINED.filter(({ setting }) => setting === undefined).map((entry) => [
        entry.what,
        rules(entry),
        entry.reason,
      ]),
    ),
  ].join('\n\n');
}

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
