/**
 * dynalite accepts an empty string in an attribute that is the key of an index. DynamoDB refuses it, because an index can't
 * hold it. Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */

type Value = Record<string, unknown>;

/** The parts of dynalite that validate writes. Each returns an error, or nothing. */
interface Checks {
  validateItem(item: Record<string, Value>, table: unknown): unknown;
  validateUpdates(
    attributes: Record<string, { Value?: Value }> | undefined,
    expression: { sections: { path: string[]; val?: unknown }[] } | undefined,
    table: unknown,
  ): unknown;
  traverseIndexes(
    table: unknown,
    visit: (attribute: string, type: string, index: { IndexName: string }) => unknown,
  ): unknown;
  validationError(message: string): unknown;
}

/** Makes dynalite refuse an empty string or an empty binary value as the key of an index. */
export function refuseEmptyIndexKeys(): void {
  const dynalite = require('dynalite/db') as Checks;
  const { validateItem, validateUpdates } = dynalite;

  const refusal = (table: unknown, written: (attribute: string) => unknown) =>
    dynalite.traverseIndexes(table, (attribute, type, { IndexName }) => {
      const value = written(attribute) as Value | undefined;
      if (value?.[type] !== '') return undefined;
      return dynalite.validationError(
        'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
          `The AttributeValue for a key attribute cannot contain an empty ${type === 'B' ? 'binary' : 'string'} value. ` +
          `IndexName: ${IndexName}, IndexKey: ${attribute}`,
      );
    });

  dynalite.validateItem = (item, table) =>
    validateItem(item, table) ?? refusal(table, (attribute) => item[attribute]);
  dynalite.validateUpdates = (attributes, expression, table) =>
    validateUpdates(attributes, expression, table) ??
    refusal(table, (attribute) =>
      expression
        ? expression.sections.find(({ path }) => path.length === 1 && path[0] === attribute)?.val
        : attributes?.[attribute]?.Value,
    );
}
