/**
 * ReturnValuesOnConditionCheckFailure, which dynalite doesn't support: a failed condition returns the item it failed on, so
 * that the loser of a race learns who won without a second, later read.
 */

import type { Answer, Backend } from './backend';

interface ConditionalWrite {
  TableName: string;
  /** Of PutItem. */
  Item?: Record<string, unknown>;
  /** Of UpdateItem and DeleteItem. */
  Key?: Record<string, unknown>;
  ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE';
}

/**
 * Adds the item to the answer of a write whose condition failed, if the write requested it. No other write may run between
 * the two.
 * @param keyNames the attributes of the table's primary key
 */
export async function withFailedItem(
  backend: Backend,
  write: ConditionalWrite,
  keyNames: string[],
  answer: Answer,
): Promise<Answer> {
  if (answer.status !== 400 || write.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return answer;
  const error = JSON.parse(answer.body.toString()) as { __type: string };
  if (!error.__type.endsWith('#ConditionalCheckFailedException')) return answer;

  const source = write.Key ?? write.Item ?? {};
  const Key = Object.fromEntries(keyNames.map((name) => [name, source[name]]));
  const get = { TableName: write.TableName, Key, ConsistentRead: true };
  const { body } = await backend.call('GetItem', JSON.stringify(get));
  const { Item } = JSON.parse(body.toString()) as { Item?: unknown };
  return { status: 400, body: Buffer.from(JSON.stringify({ ...error, Item })) };
}
