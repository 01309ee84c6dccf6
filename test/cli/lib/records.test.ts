import { type BatchGetItemCommand, DynamoDBClient, type QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { Records } from '../../../cli/lib/records';

type Input = Record<string, never>;

/** A table that gives each call the next of these answers, and remembers the requests. */
function tableThat(answer: (input: Input) => object) {
  const asked: Input[] = [];
  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.send = (async (command: BatchGetItemCommand | QueryCommand) => {
    // A paginator reuses its input for the next page.
    const input = structuredClone(command.input) as unknown as Input;
    asked.push(input);
    return answer(input);
  }) as typeof client.send;
  return { records: new Records(client, 'records', 'uploads'), asked };
}

const keysOf = (input: Input) =>
  (input['RequestItems']!['records']!['Keys'] as Parameters<typeof unmarshall>[0][]).map(
    (key) => unmarshall(key)['id'] as string,
  );

const found = (ids: string[]) => ({
  Responses: { records: ids.map((id) => marshall({ key: id.replace('uploads/', '') })) },
});

describe('the records of many keys', () => {
  test('are read a hundred at a time, each of them once', async () => {
    const keys = Array.from({ length: 250 }, (_, n) => `${n}.jpg`);
    const { records, asked } = tableThat((input) => found(keysOf(input)));
    expect((await records.findAll(keys)).map(({ key }) => key)).toEqual(keys);
    expect(asked.map((input) => keysOf(input).length)).toEqual([100, 100, 50]);
  });

  test('are requested again if DynamoDB leaves them out of an answer', async () => {
    const keys = ['a.jpg', 'b.jpg', 'c.jpg'];
    const { records, asked } = tableThat((input) => {
      const [first, ...rest] = keysOf(input);
      const left = rest.map((id) => marshall({ id }));
      return {
        ...found([first!]),
        ...(left.length > 0 && { UnprocessedKeys: { records: { Keys: left } } }),
      };
    });
    expect((await records.findAll(keys)).map(({ key }) => key)).toEqual(keys);
    expect(asked.map(keysOf)).toEqual([
      ['uploads/a.jpg', 'uploads/b.jpg', 'uploads/c.jpg'],
      ['uploads/b.jpg', 'uploads/c.jpg'],
      ['uploads/c.jpg'],
    ]);
  });
});

test('failures since a moment: every page of every day, the oldest day first', async () => {
  const { records, asked } = tableThat((input) => {
    const { ':day': day } = unmarshall(input['ExpressionAttributeValues']!);
    const page = input['ExclusiveStartKey'] ? 2 : 1;
    return {
      Items: [marshall({ key: `${day} page ${page}` })],
      ...(page === 1 && { LastEvaluatedKey: marshall({ id: 'x' }) }),
    };
  });
  const since = '2026-11-20T22:00:00.000Z';
  const failures = await records.failedSince(since, new Date('2026-11-21T01:00:00.000Z'));
  expect(failures.map(({ key }) => key)).toEqual([
    '2026-11-20 page 1',
    '2026-11-20 page 2',
    '2026-11-21 page 1',
    '2026-11-21 page 2',
  ]);
  for (const input of asked) {
    expect(unmarshall(input['ExpressionAttributeValues']!)).toMatchObject({
      ':since': since,
      ':bucket': 'uploads',
    });
  }
});
