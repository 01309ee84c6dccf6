/** The text in the box of each state. */

import type { Definition } from './edges';
import { formatDuration, markOf, type StateSummary, type Summary } from './summary';

/** `plain` if no execution is drawn. */
export type Look = 'plain' | 'unvisited' | StateSummary['outcome'];

export interface Node {
  name: string;
  look: Look;
  mark: string;
  duration: string;
  /** Lines below the name: attempts and error, then jumps back. */
  details: string[];
  isStart: boolean;
  isEnd: boolean;
}

/** @param jumps the states that each state goes back up to, which no line shows */
export function nodesOf(
  definition: Definition,
  summary: Summary | undefined,
  jumps: { from: string; to: string }[],
): Map<string, Node> {
  return new Map(
    Object.entries(definition.States).map(([name, state]) => {
      const visits = summary?.states.filter((visit) => visit.name === name) ?? [];
      const last = visits.at(-1);
      const back = jumps.filter(({ from }) => from === name).map(({ to }) => `↩ ${to}`);
      return [
        name,
        {
          name,
          look: last?.outcome ?? (summary ? 'unvisited' : 'plain'),
          mark: last ? markOf(last) : '',
          duration: last?.type === 'Task' ? formatDuration(last.durationMs) : '',
          details: [...(last ? describe(last, visits.length) : []), ...back],
          isStart: name === definition.StartAt,
          isEnd: state['End'] === true,
        },
      ];
    }),
  );
}

function describe(state: StateSummary, visits: number): string[] {
  const parts: string[] = [];
  if (visits > 1) parts.push(`${visits} visits`);
  if (state.attempts > 1) parts.push(`${state.attempts} attempts`);
  const error = state.error ?? state.failures.at(-1);
  if (error) parts.push(error.name);
  return parts.length > 0 ? [parts.join(' · ')] : [];
}

/** Whether the execution went from one state straight to another. */
export function transitionsOf(summary: Summary | undefined): (from: string, to: string) => boolean {
  const taken = new Set<string>();
  summary?.states.forEach((state, index, all) => {
    const next = all[index + 1];
    if (next) taken.add(JSON.stringify([state.name, next.name]));
  });
  return (from, to) => taken.has(JSON.stringify([from, to]));
}
