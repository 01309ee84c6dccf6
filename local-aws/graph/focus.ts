import type { Definition } from './edges';
import { transitionsOf } from './nodes';
import type { Summary } from './summary';

type Json = Record<string, unknown>;

const list = (value: unknown) => (Array.isArray(value) ? (value as Json[]) : []);

/**
 * The part of a definition that matters to one execution: the states it went through, and those that would have
 * followed without a failure. Branches of a Choice or Catch that it didn't take are left out, with all states behind them,
 * and so is a Choice that it didn't reach: without its branches a Choice says nothing.
 */
export function focus(definition: Definition, summary: Summary): Definition {
  const taken = transitionsOf(summary);
  const kept = new Set([definition.StartAt, ...summary.states.map(({ name }) => name)]);
  for (const name of kept) {
    const next = definition.States[name]?.['Next'];
    if (typeof next === 'string' && definition.States[next]?.['Type'] !== 'Choice') kept.add(next);
  }
  const States = Object.fromEntries(
    Object.entries(definition.States)
      .filter(([name]) => kept.has(name))
      .map(([name, state]) => [name, narrowed(state, (to) => taken(name, to), kept)]),
  );
  return { ...definition, States };
}

/** A state with only those branches that were taken. */
function narrowed(state: Json, taken: (to: string) => boolean, kept: ReadonlySet<string>): Json {
  const { Catch, Choices, Default, Next, ...rest } = state;
  const branches = (all: unknown) => list(all).filter(({ Next }) => taken(String(Next)));
  return {
    ...rest,
    ...(kept.has(String(Next)) ? { Next } : {}),
    ...(Catch ? { Catch: branches(Catch) } : {}),
    ...(Choices ? { Choices: branches(Choices) } : {}),
    ...(typeof Default === 'string' && taken(Default) ? { Default } : {}),
  };
}
