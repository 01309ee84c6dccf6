import { SSMClient } from '@aws-sdk/client-ssm';
import { readParameter } from '../../../functions/get-image/read-parameter';

interface Made {
  client: SSMClient;
  input: object;
}

/** Reads the parameter where SSM answers so. */
async function read(answer: () => object): Promise<Made & { value: string | Error }> {
  let made = {} as Made;
  const send = jest.spyOn(SSMClient.prototype, 'send').mockImplementation(async function (
    this: SSMClient,
    command: { input: object },
  ) {
    made = { client: this, input: command.input };
    return answer();
  } as never);
  const destroy = jest.spyOn(SSMClient.prototype, 'destroy');
  const value = await readParameter('/team/key').catch((error: Error) => error);
  expect(destroy).toHaveBeenCalledTimes(1);
  send.mockRestore();
  destroy.mockRestore();
  return { ...made, value };
}

test('the parameter is read decrypted, and requested up to three times', async () => {
  const { client, input, value } = await read(() => ({ Parameter: { Value: 'secret' } }));
  expect(value).toBe('secret');
  expect(input).toEqual({ Name: '/team/key', WithDecryption: true });
  expect(await client.config.maxAttempts()).toBe(3);
});

test.each([{}, { Parameter: {} }])('an answer without a value (%j) is an empty text', async (answer) => {
  expect((await read(() => answer)).value).toBe('');
});

test('an unexpected error names the parameter, and keeps its own name', async () => {
  const { value } = await read(() => {
    throw Object.assign(new Error('broken'), { name: 'InternalServerError' });
  });
  expect(value).toMatchObject({
    name: 'InternalServerError',
    message:
      'Could not read the parameter /team/key, which holds the private key that signs URLs: InternalServerError: broken.',
  });
});

test('a missing parameter says what to do', async () => {
  const { value } = await read(() => {
    throw Object.assign(new Error('gone'), { name: 'ParameterNotFound' });
  });
  expect((value as Error).message).toMatch(/: gone\. Put the private key there, as a SecureString/);
});
