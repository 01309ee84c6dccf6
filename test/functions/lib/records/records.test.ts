import { text } from 'node:stream/consumers';
import { Records } from '../../../../functions/lib/records/records';
import { access, serve } from '../../server';
import { sourceAt } from '../../support';

// The local table is always consistent, so only the request can show that a consistent read is requested.
test('a record is read consistently: with a stale one, a run that lost could believe that it had won', async () => {
  const asked: unknown[] = [];
  const server = await serve(async (request, response) => {
    asked.push(JSON.parse(await text(request)));
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  });
  try {
    const records = new Records('records', { ...access, endpoint: server.endpoint });
    const source = sourceAt(1);
    expect(await records.find(source)).toBeNull();
    expect(asked).toEqual([
      {
        TableName: 'records',
        Key: { id: { S: `${source.bucket}/${source.key}` } },
        ConsistentRead: true,
      },
    ]);
  } finally {
    await server.close();
  }
});
