/** Writes what each setting changes when it is turned on and off into docs/deploy.md. */
import { table, withSection } from '../section';
import { type Difference, difference, type Stack } from './difference';
import lostByType from './lost.json';
import { WALKED } from './settings';

type Synthesize = (settings: Record<string, unknown>) => Stack;

/** What is lost with a resource, by its type; nothing with the others. */
const LOST: Record<string, string> = lostByType;

/** Beyond these, a row says how many resources there are rather than which. */
const MOST_TYPES = 8;

export function withChanges(document: string, synthesize: Synthesize): string {
  const rows = WALKED.flatMap(({ setting, names: [off, on] = ['off', 'on'], lost = {}, ...settings }) => {
    const stacks = [synthesize(settings.off), synthesize(settings.on)] as const;
    return [
      [`\`${setting}\``, `${off} → ${on}`, ...cells(difference(stacks[0], stacks[1]), lost.on)],
      ['', `${on} → ${off}`, ...cells(difference(stacks[1], stacks[0]), lost.off)],
    ];
  });
  return withSection(
    document,
    'the table of changes',
    table(['setting', 'change', 'created', 'updated', 'replaced', 'destroyed', 'lost'], rows),
  );
}

function cells({ created, updated, replaced, destroyed }: Difference, alsoLost?: string): string[] {
  const gone = [...new Set([...replaced, ...destroyed])];
  return [
    counted(created),
    counted(updated),
    counted(replaced),
    counted(destroyed),
    [...gone.flatMap((type) => LOST[type] ?? []), ...(alsoLost ? [alsoLost] : [])].join(' ') || '–',
  ];
}

function counted(types: string[]): string {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  if (counts.size === 0) return '–';
  if (counts.size > MOST_TYPES) return `${types.length} resources of ${counts.size} types`;
  return [...counts].map(([type, n]) => `${type.replace(/^aws_/, '')}${n > 1 ? ` ×${n}` : ''}`).join(', ');
}
