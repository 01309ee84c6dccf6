/** The transitions of a definition. */

type Json = Record<string, unknown>;

export interface Edge {
  from: string;
  to: string;
  /** A Catch, rather than the path without failures. */
  isCatch: boolean;
}

export type Definition = { StartAt: string; States: Record<string, Json> };

const list = (value: unknown) => (Array.isArray(value) ? (value as Json[]) : []);

/**
 * One edge for each pair of states. If a Catch and something else connect the same pair, it counts as no Catch.
 * States inside a Map or a Parallel are ignored.
 */
export function edgesOf(definition: Definition): Edge[] {
  const edges = new Map<string, Edge>();
  for (const [from, state] of Object.entries(definition.States)) {
    const usual = [
      state['Next'],
      ...list(state['Choices']).map((choice) => choice['Next']),
      state['Default'],
    ];
    const caught = list(state['Catch']).map((catcher) => catcher['Next']);
    for (const [targets, isCatch] of [
      [usual, false],
      [caught, true],
    ] as const) {
      for (const to of targets) {
        const key = JSON.stringify([from, to]);
        if (typeof to === 'string' && !edges.has(key)) edges.set(key, { from, to, isCatch });
      }
    }
  }
  return [...edges.values()];
}
