import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfig } from '../../../../functions/lib/runtime/client-config';
import { rehearse } from '../../../../functions/lib/runtime/rehearse';

const TYPE = 'AWS_LAMBDA_INITIALIZATION_TYPE';
const before = process.env[TYPE];
afterEach(() => {
  if (before === undefined) delete process.env[TYPE];
  else process.env[TYPE] = before;
});

/** Rehearses a GET. @returns what it did by the time that nothing was left to run */
async function rehearsed() {
  const handle = jest.fn();
  const credentials = jest.fn(async () => ({ accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' }));
  const client = new S3Client({
    ...clientConfig(),
    region: 'us-east-1',
    credentials,
    requestHandler: { handle } as never,
  });
  const command = new GetObjectCommand({ Bucket: 'bucket', Key: 'key' });
  const steps: string[] = [];
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      steps.push(headers['authorization'] ? 'signed' : 'unsigned');
      return next(args);
    },
    { step: 'deserialize' },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      steps.push('answered');
      return result;
    },
    { step: 'initialize' },
  );
  rehearse(client, command);
  await new Promise(setImmediate);
  return { sent: handle.mock.calls.length, signedWith: credentials.mock.calls.length, steps };
}

test('on Lambda, the request is signed and an answer is read, but nothing is sent, before anything else runs', async () => {
  process.env[TYPE] = 'on-demand';
  expect(await rehearsed()).toEqual({ sent: 0, signedWith: 1, steps: ['signed', 'answered'] });
});

test('elsewhere, nothing happens', async () => {
  delete process.env[TYPE];
  expect(await rehearsed()).toEqual({ sent: 0, signedWith: 0, steps: [] });
});

test('a rehearsal that fails is no matter', async () => {
  process.env[TYPE] = 'on-demand';
  const client = { send: jest.fn(() => Promise.reject(new Error('no credentials'))) };
  rehearse(client, new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
  await new Promise(setImmediate);
  expect(client.send).toHaveBeenCalledTimes(1);
});
