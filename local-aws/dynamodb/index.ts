/** DynamoDB on this machine: dynalite on disk, plus the features it lacks that workflows depend on. */

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { crc32 } from '@aws-crypto/crc32';
import type { UseKey } from '../kms';
import { AwsError, type DocumentService, type Gate, type Principal } from '../service';
import type { Table } from '../stack/model';
import { type Answer, startBackend } from './backend';
import { withFailedItem } from './condition';
import { type Input, itemTablesOf, leadingKey, resourcesOf, WRITES } from './operations';
import { ensureTables, type KeySchema, type TableDescription } from './tables';

export interface DynamoDBOptions {
  /** Tables are in its folder `dynamodb`. */
  dataDir: string;
  tables: Table[];
  gate: Gate;
  region: string;
  account: string;
  /** Access to the keys of tables. @default none */
  useKey?: UseKey;
}

export interface DynamoDB extends DocumentService {
  close(): Promise<void>;
}

/** @throws Error when a table exists with other keys than the stack asks for */
export async function createDynamoDB(options: DynamoDBOptions): Promise<DynamoDB> {
  const { tables, gate, region, account, useKey } = options;
  const folder = path.join(options.dataDir, 'dynamodb');
  const backend = await startBackend(folder);
  try {
    await ensureTables(backend, tables, folder);
  } catch (error) {
    await backend.close();
    throw error;
  }
  const arnOf = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`;
  const keyNames = new Map(
    tables.map(({ name, create }) => {
      const { KeySchema } = create as { KeySchema: KeySchema };
      return [name, KeySchema.map(({ AttributeName }) => AttributeName)];
    }),
  );

  // One write at a time, so that a failed condition returns the item it failed on.
  let lastWrite: Promise<unknown> = Promise.resolve();
  function write(operation: string, input: Input, body: Buffer): Promise<Answer> {
    const turn = lastWrite.then(async () => {
      const answer = await backend.write(operation, body);
      const { TableName = '' } = input;
      return withFailedItem(backend, { ...input, TableName }, keyNames.get(TableName) ?? [], answer);
    });
    lastWrite = turn.catch(() => {});
    return turn;
  }

  async function perform(operation: string, body: Buffer, principal: Principal): Promise<Answer> {
    const input = parse(body);
    const context = leadingKey(input, keyNames.get(input.TableName ?? '')?.[0]);
    for (const resource of resourcesOf(operation, input, arnOf)) {
      await gate({ principal, action: `dynamodb:${operation}`, resource, ...(context && { context }) });
    }
    for (const name of itemTablesOf(operation, input)) {
      const key = tables.find((table) => table.name === name)?.key;
      const encrypted = { 'aws:dynamodb:tableName': name, 'aws:dynamodb:subscriberId': account };
      await useKey?.(principal, key, ['Decrypt'], encrypted);
    }
    if (operation === 'DescribeTimeToLive') return describeTimeToLive(input);
    if (WRITES.has(operation)) return write(operation, input, body);
    const answer = await backend.call(operation, body);
    return operation === 'DescribeTable' && answer.status === 200 ? withArns(answer, arnOf) : answer;
  }

  /** Nothing expires here. On AWS, too, an item may stay for days after it has expired, and readers must handle that. */
  async function describeTimeToLive({ TableName = '' }: Input): Promise<Answer> {
    const table = tables.find(({ name }) => name === TableName);
    if (!table)
      throw new AwsError(
        'ResourceNotFoundException',
        `Requested resource not found: Table: ${TableName} not found`,
      );
    const TimeToLiveDescription = table.timeToLive
      ? { TimeToLiveStatus: 'ENABLED', AttributeName: table.timeToLive }
      : { TimeToLiveStatus: 'DISABLED' };
    return { status: 200, body: Buffer.from(JSON.stringify({ TimeToLiveDescription })) };
  }

  return {
    async handle(request, response, principal, body) {
      const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      try {
        send(response, await perform(operation, body, principal));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        send(response, answerOf(error));
      }
    },
    async close() {
      await lastWrite;
      await backend.close();
    },
  };
}

function parse(body: Buffer): Input {
  try {
    return JSON.parse(body.toString()) as Input;
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
}

/** dynalite takes account and region from the environment of its process when the table is created. */
function withArns(answer: Answer, arnOf: (table: string) => string): Answer {
  const { Table: table } = JSON.parse(answer.body.toString()) as { Table: TableDescription };
  table.TableArn = arnOf(table.TableName);
  for (const index of [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]) {
    index.IndexArn = `${table.TableArn}/index/${index.IndexName}`;
  }
  return { ...answer, body: Buffer.from(JSON.stringify({ Table: table })) };
}

function answerOf({ code, message, status, fields }: AwsError): Answer {
  const denied = code === 'AccessDenied';
  const __type = denied
    ? 'com.amazon.coral.service#AccessDeniedException'
    : `com.amazonaws.dynamodb.v20120810#${code}`;
  const body = JSON.stringify({ __type, message, ...fields });
  return { status: denied ? 400 : status, body: Buffer.from(body) };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, {
    'Content-Type': 'application/x-amz-json-1.0',
    'Content-Length': body.length,
    'x-amz-crc32': crc32(body),
    'x-amzn-RequestId': randomUUID(),
  });
  response.end(body);
}
