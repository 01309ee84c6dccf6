/** Brings the tables on disk in line with the stack: creates missing ones, and refuses those with other keys. */

import { isDeepStrictEqual } from 'node:util';
import type { Table } from '../stack/model';
import type { Backend } from './backend';

interface Index {
  IndexName: string;
  KeySchema: KeySchema;
  Projection?: { ProjectionType?: string; NonKeyAttributes?: string[] };
}

export type KeySchema = { AttributeName: string; KeyType: 'HASH' | 'RANGE' }[];

/** The part of DescribeTable's answer and of CreateTable's input that is used here. */
export interface TableDescription {
  TableName: string;
  TableStatus?: string;
  TableArn?: string;
  KeySchema: KeySchema;
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  GlobalSecondaryIndexes?: (Index & { IndexArn?: string })[];
  LocalSecondaryIndexes?: (Index & { IndexArn?: string })[];
}

/**
 * @throws Error when a table exists with other keys or indexes than the stack asks for: DynamoDB would replace it,
 *   and its items with it
 */
export async function ensureTables(backend: Backend, tables: Table[], folder: string): Promise<void> {
  for (const { name, create } of tables) {
    const existing = await describe(backend, name);
    if (!existing) {
      const { status, body } = await backend.call('CreateTable', JSON.stringify(create));
      if (status !== 200) throw new Error(`Cannot create the table '${name}': ${body}`);
      while ((await describe(backend, name))?.TableStatus !== 'ACTIVE');
      continue;
    }
    const [actual, expected] = [existing, create as unknown as TableDescription].map(shapeOf);
    if (existing.TableStatus === 'ACTIVE' && isDeepStrictEqual(actual, expected)) continue;
    throw new Error(
      `Expected the table '${name}' in ${folder} to be ${JSON.stringify(expected)} but found ${JSON.stringify(actual)} (${existing.TableStatus}). Remove the data folder, or choose another one.`,
    );
  }
}

async function describe(backend: Backend, name: string): Promise<TableDescription | undefined> {
  const { status, body } = await backend.call('DescribeTable', JSON.stringify({ TableName: name }));
  const answer = JSON.parse(body.toString()) as { Table: TableDescription; __type?: string };
  if (status === 200) return answer.Table;
  if (answer.__type?.endsWith('ResourceNotFoundException')) return undefined;
  throw new Error(`Cannot describe the table '${name}': ${body}`);
}

/** What can't change without replacing the table, sorted. */
function shapeOf(description: TableDescription) {
  const attributes = description.AttributeDefinitions.map(
    ({ AttributeName, AttributeType }) => `${AttributeName}:${AttributeType}`,
  );
  return {
    keys: keysOf(description),
    attributes: attributes.sort(),
    global: indexesOf(description.GlobalSecondaryIndexes),
    local: indexesOf(description.LocalSecondaryIndexes),
  };
}

const keysOf = ({ KeySchema }: { KeySchema: KeySchema }) =>
  KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName}:${KeyType}`).sort();

function indexesOf(indexes: Index[] = []) {
  return indexes
    .map(({ IndexName, KeySchema, Projection }) => ({
      name: IndexName,
      keys: keysOf({ KeySchema }),
      projection: Projection?.ProjectionType,
      attributes: [...(Projection?.NonKeyAttributes ?? [])].sort(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
