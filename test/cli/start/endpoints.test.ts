import { describeEndpoints } from '../../../cli/start/endpoints';
import type { Engine } from '../../../local-aws';

const engineWith = (outputs: object) =>
  ({
    publicEndpoints: [{ kind: 'cdn', url: 'http://127.0.0.1:4567' }],
    stack: { apis: [], outputs },
  }) as unknown as Engine;

test('where viewers need signed URLs, it is said what the engine needs for them', async () => {
  const text = await describeEndpoints(engineWith({ delivery_viewers: 'signed' }), undefined);
  expect(text).toContain('http://127.0.0.1:4567');
  expect(text).toContain('Until the private key is in the SSM of this engine, the API answers 500');
  expect(await describeEndpoints(engineWith({}), undefined)).not.toContain('signed');
});
