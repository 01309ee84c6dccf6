import { createIamGate } from '../../../local-aws/iam/gate';
import { createKms, type Encrypting, type KeyAction } from '../../../local-aws/kms';
import { checkLogKeys } from '../../../local-aws/kms/check';
import { Principals } from '../../../local-aws/principals';
import { AwsError, type Principal } from '../../../local-aws/service';
import type { Key, PolicyDocument, PolicyStatement, Role } from '../../../local-aws/stack/model';

const account = '000000000000';
const region = 'eu-west-1';
const KEY = `arn:aws:kms:${region}:${account}:key/1b2c`;
const TOPIC = `arn:aws:sns:${region}:${account}:errors`;
const ALARM = `arn:aws:cloudwatch:${region}:${account}:alarm:pics-failures`;
const ROOT = `arn:aws:iam::${account}:root`;

const policy = (...Statement: PolicyStatement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });

function use(services: string[], rest: Partial<PolicyStatement> = {}): PolicyStatement {
  const via = { 'kms:ViaService': services.map((service) => `${service}.${region}.amazonaws.com`) };
  return {
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: [KEY],
    Condition: { StringEquals: via },
    ...rest,
  };
}

const everything: PolicyStatement = { Effect: 'Allow', Action: ['*'], Resource: ['*'] };
const leaveToTheAccount: PolicyStatement = {
  Sid: 'Account',
  Effect: 'Allow',
  Action: ['kms:*'],
  Resource: ['*'],
  Principal: { AWS: [ROOT] },
};
const forService = (name: string, Condition?: PolicyStatement['Condition']): PolicyStatement => ({
  Sid: name.split('.')[0],
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  Resource: ['*'],
  Principal: { Service: [name] },
  ...(Condition && { Condition }),
});

interface Given {
  /** Policies of the key. @default the one that KMS creates */
  key?: PolicyStatement[];
  identity?: PolicyStatement[];
  boundary?: PolicyStatement[];
  madeBy?: Key['madeBy'];
}

function given({ key = [leaveToTheAccount], identity = [], boundary, madeBy = 'stack' }: Given) {
  const arn = `arn:aws:iam::${account}:role/writer`;
  const role: Role = {
    name: 'writer',
    arn,
    trust: policy(),
    policies: [policy(...identity)],
    ...(boundary && { boundary: { arn: 'b', document: policy(...boundary) } }),
  };
  const keys: Key[] = [{ arn: KEY, names: ['1b2c', 'alias/mine'], policy: policy(...key), madeBy }];
  const gate = createIamGate({ account, region, roles: [role], keys, resourcePolicies: {} });
  const principals = new Principals(account, [role]);
  const kms = createKms({ keys, account, region, gate });
  const ask = (
    principal: Principal,
    service: Encrypting = 'sns',
    actions: KeyAction[] = ['GenerateDataKey', 'Decrypt'],
    key: string | undefined = KEY,
  ) =>
    kms
      .through(service)(principal, key, actions, { 'aws:sns:topicArn': TOPIC })
      .then(
        () => 'allowed',
        (error: AwsError) => error,
      );
  return { gate, principals, kms, writer: principals.role(arn), ask };
}

describe('a role', () => {
  test.each<[rule: string, given: Given, allowed: boolean]>([
    ['uses a key as its own policies say', { identity: [use(['sns'])] }, true],
    ['does not without them', {}, false],
    ['only through the services that they name', { identity: [use(['s3', 'sqs'])] }, false],
    [
      'not if the key delegates nothing to the account',
      { key: [forService('sns.amazonaws.com')], identity: [everything] },
      false,
    ],
    [
      'if the key itself says so',
      {
        key: [use(['sns'], { Resource: ['*'], Principal: { AWS: [`arn:aws:iam::${account}:role/writer`] } })],
      },
      true,
    ],
    [
      'not beyond its boundary',
      { identity: [use(['sns'])], boundary: [{ ...everything, Action: ['sns:*'] }] },
      false,
    ],
    ['does within it', { identity: [use(['sns'])], boundary: [everything] }, true],
    [
      'not against a deny in its boundary',
      { identity: [use(['sns'])], boundary: [everything, use(['sns'], { Effect: 'Deny' })] },
      false,
    ],
    [
      'only for the encryption contexts in its policies',
      {
        identity: [
          use([], { Condition: { ArnLike: { 'kms:EncryptionContext:aws:sns:topicArn': [`${TOPIC}*`] } } }),
        ],
      },
      true,
    ],
  ])('%s', async (_, policies, allowed) => {
    const { ask, writer } = given(policies);
    expect((await ask(writer)) === 'allowed').toBe(allowed);
  });

  test('needs each action that a call takes', async () => {
    const { ask, writer } = given({ identity: [use(['sns'], { Action: ['kms:GenerateDataKey'] })] });
    expect(await ask(writer, 'sns', ['GenerateDataKey'])).toBe('allowed');
    expect(await ask(writer)).toMatchObject({
      message: expect.stringMatching(
        /is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:.* because no identity-based policy allows/,
      ),
    });
  });

  test('needs no permission if nothing is encrypted with a key', async () => {
    const { kms, writer } = given({});
    await expect(kms.through('s3')(writer, undefined, ['Decrypt'], {})).resolves.toBeUndefined();
  });

  test.each<[Encrypting, string, number]>([
    ['s3', 'AccessDenied', 403],
    ['sns', 'KMSAccessDeniedException', 400],
    ['sqs', 'KmsAccessDenied', 400],
    ['dynamodb', 'AccessDenied', 400],
  ])("is refused by %s with that service's own text", async (service, code, status) => {
    const { ask, writer } = given({});
    expect(await ask(writer, service)).toMatchObject({ code, status });
  });
});

test.each<[Encrypting, throttled: string, failed: string]>([
  ['s3', 'SlowDown', 'InternalError'],
  ['sns', 'KMSThrottlingException', 'InternalError'],
  ['sqs', 'KmsThrottled', 'InternalFailure'],
  ['dynamodb', 'ThrottlingException', 'InternalServerError'],
])('%s reports a KMS failure with its own text', async (service, throttled, failed) => {
  const { writer } = given({});
  const code = (error: Error) => {
    const kms = createKms({ keys: [], account, region, gate: () => Promise.reject(error) });
    return kms
      .through(service)(writer, KEY, ['Decrypt'], {})
      .catch((told: Error) => told.name);
  };
  expect(await code(new AwsError('ThrottlingException', 'Rate exceeded'))).toBe(throttled);
  expect(await code(new AwsError('InternalFailure', 'Sorry', 500))).toBe(failed);
  expect(await code(new AwsError('RequestTimeout', 'Nobody waits', 503))).toBe('RequestTimeout');
  expect(await code(new RangeError('A mistake'))).toBe('RangeError');
});

describe('a service', () => {
  const named = { ArnLike: { 'aws:SourceArn': [ALARM.replace('failures', '*')] } };

  test("may use a key only if the key's policy says so", async () => {
    const { ask, principals } = given({
      key: [leaveToTheAccount, forService('cloudwatch.amazonaws.com', named)],
    });
    expect(await ask(principals.service('cloudwatch.amazonaws.com', ALARM))).toBe('allowed');
    const stranger = principals.service('cloudwatch.amazonaws.com', ALARM.replace('pics', 'other'));
    expect(await ask(stranger)).toMatchObject({ code: 'KMSAccessDeniedException' });
    expect(await ask(principals.service('events.amazonaws.com'))).toMatchObject({
      message: expect.stringContaining('because no resource-based policy allows'),
    });
  });

  test('EventBridge fails conditions on a source, because it sends none', async () => {
    const rule = `arn:aws:events:${region}:${account}:rule/uploads`;
    const sender = (principals: Principals) => principals.service('events.amazonaws.com', rule);
    const free = given({ key: [forService('events.amazonaws.com')] });
    expect(await free.ask(sender(free.principals), 'sqs')).toBe('allowed');
    const held = given({
      key: [forService('events.amazonaws.com', { Null: { 'aws:SourceArn': ['false'] } })],
    });
    expect(await held.ask(sender(held.principals), 'sqs')).toMatchObject({ code: 'KmsAccessDenied' });
  });

  test('CloudWatch Logs has to be able to use the key of a log group', async () => {
    const service = `logs.${region}.amazonaws.com`;
    const arn = `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/a`;
    const check = (statement: PolicyStatement) => {
      const { gate, principals } = given({ key: [leaveToTheAccount, statement] });
      const logGroups = [
        { name: 'free', arn: `${arn}-free` },
        { name: 'a', arn, key: KEY },
      ];
      return checkLogKeys(gate, principals, { logGroups, region });
    };
    const all = { ...forService(service), Action: ['kms:*'] };
    const of = (pattern: string) => ({ ArnLike: { 'kms:EncryptionContext:aws:logs:arn': [pattern] } });
    await expect(check({ ...all, Condition: of(`${arn}*`) })).resolves.toBeUndefined();
    await expect(check({ ...all, Condition: of(`${arn}-else`) })).rejects.toThrow(
      `${arn} cannot be encrypted with its key: User: ${service} is not authorized to perform: kms:Encrypt`,
    );
    await expect(check(forService(service))).rejects.toThrow('kms:Encrypt on resource');
  });
});

describe('the report', () => {
  const lines = ({ gate }: ReturnType<typeof given>) =>
    gate
      .report()
      .unneeded.map(({ statement, action, via = '' }) => [statement, action, via].join(' ').trim());

  test('counts each service through which a key may be used', async () => {
    const parts = given({ identity: [use(['sns', 's3'], { Sid: 'Use' })] });
    expect(lines(parts)).toEqual([
      `Use kms:Decrypt sns.${region}.amazonaws.com`,
      `Use kms:Decrypt s3.${region}.amazonaws.com`,
      `Use kms:GenerateDataKey sns.${region}.amazonaws.com`,
      `Use kms:GenerateDataKey s3.${region}.amazonaws.com`,
      'Account kms:*',
    ]);
    await parts.ask(parts.writer, 's3', ['Decrypt']);
    expect(lines(parts)).toEqual([
      `Use kms:Decrypt sns.${region}.amazonaws.com`,
      `Use kms:GenerateDataKey sns.${region}.amazonaws.com`,
      `Use kms:GenerateDataKey s3.${region}.amazonaws.com`,
    ]);
  });

  test('contains no statement of a key from outside the stack', () => {
    expect(lines(given({ madeBy: 'account' }))).toEqual([]);
  });

  test("does not count a key's delegation to the account as a grant", async () => {
    const parts = given({ key: [leaveToTheAccount, forService('events.amazonaws.com')] });
    await parts.ask(parts.principals.service('events.amazonaws.com'));
    expect(lines(parts)).toEqual(['Account kms:*']);
  });
});
