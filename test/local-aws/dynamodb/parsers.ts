import { loadParser } from '../../../local-aws/dynamodb/condition-parser';

/** dynalite's own parser, and the one that the engine uses instead. */
export const original = loadParser({ remembers: false });
export const repaired = loadParser({ remembers: true });

/** What a parser makes of an expression: its tree, or its error. */
export function outcome({ parse }: typeof original, expression: string) {
  const values = (expression.match(/:\w+/g) ?? []).filter((name) => name !== ':missing');
  const context = {
    attrNames: { '#status': 'status' },
    attrVals: Object.fromEntries(values.map((name) => [name, { S: name }])),
    unusedAttrNames: { '#status': true, '#unused': true },
    unusedAttrVals: Object.fromEntries(values.map((name) => [name, true])),
    isReserved: (name: string) => name === 'status',
    compare: () => true,
  };
  try {
    return {
      found: parse(expression, { context }),
      unused: [context.unusedAttrNames, context.unusedAttrVals],
    };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
