import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Engine, startEngine } from '../../../local-aws/engine';
import { Principals } from '../../../local-aws/principals';

const REGION = 'eu-west-1';
const KEY = `arn:aws:kms:${REGION}:000000000000:key/1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9`;
const ARN = `arn:aws:ssm:${REGION}:000000000000:parameter`;

const throughSsm = (name: string) => ({
  StringEquals: {
    'kms:ViaService': `ssm.${REGION}.amazonaws.com`,
    'kms:EncryptionContext:PARAMETER_ARN': `${ARN}/${name}`,
  },
});
const statement = (Action: string, Resource: string, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

const ROLES: Record<string, object[]> = {
  reader: [
    statement('ssm:GetParameter', `${ARN}/shop/*`),
    statement('kms:Decrypt', KEY, throughSsm('shop/encrypted')),
  ],
  keyless: [statement('ssm:GetParameter', `${ARN}/shop/*`)],
  stranger: [statement('s3:GetObject', '*')],
};

const STACK = {
  provider: { aws: [{ region: REGION }] },
  resource: {
    aws_iam_role: Object.fromEntries(
      Object.keys(ROLES).map((name) => [
        name,
        {
          name,
          assume_role_policy: JSON.stringify({
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'lambda.amazonaws.com' },
              Action: 'sts:AssumeRole',
            },
          }),
        },
      ]),
    ),
    aws_iam_role_policy: Object.fromEntries(
      Object.entries(ROLES).map(([role, Statement]) => [
        role,
        { name: 'own', role: `\${aws_iam_role.${role}.name}`, policy: JSON.stringify({ Statement }) },
      ]),
    ),
  },
};

let folder: string;
let engine: Engine;

async function start() {
  engine = await startEngine({
    dataDir: path.join(folder, 'data'),
    port: 0,
    stackFile: path.join(folder, 'cdk.tf.json'),
    existing: {
      parameters: {
        '/shop/plain': { value: 'one' },
        '/shop/encrypted': { value: 'two', kmsKey: KEY },
        'shop-flat': { value: 'three' },
      },
    },
    log: () => {},
  });
}
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ssm-'));
  await writeFile(path.join(folder, 'cdk.tf.json'), JSON.stringify(STACK));
  await start();
});
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true });
});

/** @param role undefined for the person who uses the engine */
function as(role?: string): SSMClient {
  const { stack, endpoint } = engine;
  const principals = new Principals(stack.account, stack.roles);
  const { accessKeyId, secretAccessKey, sessionToken } = role
    ? principals.role(stack.roles.find(({ name }) => name === role)!.arn)
    : { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined };
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  return new SSMClient({ endpoint, region: REGION, credentials, maxAttempts: 1 });
}

async function get(Name: string, role?: string, WithDecryption = true) {
  const { Parameter } = await as(role).send(new GetParameterCommand({ Name, WithDecryption }));
  return Parameter!;
}
const refusal = (asking: Promise<unknown>) =>
  asking.then(
    () => 'answered',
    (error: Error) => error.name,
  );

test('a parameter has its value, by its name or its ARN', async () => {
  const found = await get('/shop/plain', 'reader');
  expect(found).toMatchObject({
    Name: '/shop/plain',
    Type: 'SecureString',
    Value: 'one',
    Version: 1,
    ARN: `${ARN}/shop/plain`,
    DataType: 'text',
  });
  expect((await get(`${ARN}/shop/plain`, 'reader')).Value).toBe('one');
  expect((await get('shop-flat')).ARN).toBe(`${ARN}/shop-flat`);
});

test('without decryption the value does not show', async () => {
  expect((await get('/shop/plain', 'reader', false)).Value).not.toContain('one');
});

test('reading it takes ssm:GetParameter, and the key if it is encrypted with one', async () => {
  expect(await refusal(get('/shop/plain', 'stranger'))).toBe('AccessDeniedException');
  expect(await refusal(get('shop-flat', 'reader'))).toBe('AccessDeniedException');
  expect((await get('/shop/encrypted', 'reader')).Value).toBe('two');
  expect(await refusal(get('/shop/encrypted', 'keyless'))).toBe('AccessDeniedException');
  expect(await refusal(get('/shop/encrypted', 'keyless', false))).toBe('answered');
  expect(await refusal(get('/shop/other', 'reader'))).toBe('ParameterNotFound');
});

test('a new value takes the place of the old one, also after a restart', async () => {
  const put = (more: object, role?: string) =>
    as(role).send(new PutParameterCommand({ Name: '/shop/plain', Value: 'new', ...more }));
  expect(await refusal(put({ Type: 'SecureString', Overwrite: true }, 'reader'))).toBe(
    'AccessDeniedException',
  );
  expect(await refusal(put({ Type: 'SecureString' }))).toBe('ParameterAlreadyExists');
  expect(await refusal(put({ Type: 'String', Overwrite: true }))).toBe('ValidationException');
  expect(await refusal(put({ Type: 'SecureString', Value: 'x'.repeat(4_097), Overwrite: true }))).toBe(
    'ValidationException',
  );
  expect(await refusal(put({ Type: 'SecureString', KeyId: 'alias/none', Overwrite: true }))).toBe(
    'InvalidKeyId',
  );
  expect(await put({ Overwrite: true })).toMatchObject({ Version: 2, Tier: 'Standard' });
  await put({ Name: '/shop/made', Type: 'SecureString', KeyId: KEY, Value: 'made' });

  await engine.close();
  await start();
  expect(await get('/shop/plain', 'reader')).toMatchObject({ Value: 'new', Version: 2 });
  expect((await get('/shop/made')).Value).toBe('made');
  expect(await refusal(get('/shop/made', 'keyless'))).toBe('AccessDeniedException');
});
