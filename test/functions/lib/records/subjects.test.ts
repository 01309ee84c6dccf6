import { assert, asyncProperty, string } from 'fast-check';
import { Subjects, subjectItemId } from '../../../../functions/lib/records/subjects';
import { anyCharacter } from '../../../fixtures/characters';
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
