import { text } from 'node:stream/consumers';
import { assert, asyncProperty, string } from 'fast-check';
import { Subjects, subjectItemId } from '../../../../functions/lib/records/subjects';
import { anyCharacter } from '../../../fixtures/characters';
import { access, serve } from '../../server';
import { NOW, TABLE } from '../../support';
import { type RecordsTable, recordsTable } from '../../table';

const environment = { ...process.env };
let table: RecordsTable;
let subjects: Subjects;
beforeAll(async () => {
  table = await recordsTable();
  subjects = new Subjects(TABLE);
});
afterAll(async () => {
  await table?.close();
  process.env = environment;
});

const hex = (n: number) => n.toString(16).padStart(32, '0');

test('a user has no id before the first upload, and the same one ever after', async () => {
  expect(await subjects.find('alice')).toBeNull();
  expect(await subjects.give('alice', hex(1), NOW)).toBe(hex(1));
  expect(await subjects.give('alice', hex(2), NOW)).toBe(hex(1));
  expect(await subjects.find('alice')).toBe(hex(1));
  expect(await subjects.find('Alice')).toBeNull();
});

test('of two first uploads at once, both get the id of one', async () => {
  const given = await Promise.all([10, 11, 12, 13].map((n) => subjects.give('bob', hex(n), NOW)));
  expect(new Set(given).size).toBe(1);
  expect(await subjects.find('bob')).toBe(given[0]);
});

test('the item of a user has an id of the same length for every name, which no other name and no record has', async () => {
  await assert(
    asyncProperty(string({ minLength: 1, maxLength: 2_000, unit: anyCharacter }), async (caller) => {
      expect(subjectItemId(caller)).toMatch(/^subject#[0-9a-f]{64}$/);
      expect(subjectItemId(`${caller}.`)).not.toBe(subjectItemId(caller));
    }),
    { numRuns: 50 },
  );
});

// The local table is always consistent, so only the request can show that a consistent read is requested.
test('the id of a user is read consistently: with a stale one, a first image would not be found', async () => {
  const asked: unknown[] = [];
  const server = await serve(async (request, response) => {
    asked.push(JSON.parse(await text(request)));
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  });
  try {
    expect(await new Subjects('records', { ...access, endpoint: server.endpoint }).find('alice')).toBeNull();
  } finally {
    await server.close();
  }
  expect(asked).toEqual([
    { TableName: 'records', Key: { id: { S: subjectItemId('alice') } }, ConsistentRead: true },
  ]);
});

test('what a user got first is kept, and when', async () => {
  await subjects.give('carol', hex(1), NOW);
  await subjects.give('carol', hex(2), new Date(NOW.getTime() + 1_000));
  const { records } = table;
  const item = await records.apply({
    Key: { id: subjectItemId('carol') },
    UpdateExpression: 'SET seen = :yes',
    ConditionExpression: 'attribute_exists(id)',
    ExpressionAttributeValues: { ':yes': true },
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  expect(item).toEqual({
    applied: true,
    before: { id: subjectItemId('carol'), subject: hex(1), createdAt: NOW.toISOString() },
  });
});
