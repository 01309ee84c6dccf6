import { checkTrust } from '../../../local-aws/iam/assume';
import { CONDITION_KEYS, contextOf } from '../../../local-aws/iam/context';
import { createIamGate, type PermissionReport } from '../../../local-aws/iam/gate';
import { Principals, userArn } from '../../../local-aws/principals';
import type { AwsError, Principal } from '../../../local-aws/service';
import type { PolicyStatement, Role, Stack } from '../../../local-aws/stack/model';

const ACCOUNT = '111122223333';
const BUCKET = 'arn:aws:s3:::uploads';
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:failures`;
const RULE = `arn:aws:events:us-east-1:${ACCOUNT}:rule/uploads`;
const MACHINE = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:workflow`;
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:read`;

const policy = (...Statement: PolicyStatement[]) => ({ Version: '2012-10-17', Statement });
const allow = (rest: Partial<PolicyStatement>): PolicyStatement => ({
  Effect: 'Allow',
  Action: [],
  Resource: [],
  ...rest,
});

function role(
  name: string,
  service: string,
  statements: PolicyStatement[],
  condition?: PolicyStatement['Condition'],
) {
  const trust = allow({
    Sid: 'Trust',
    Action: ['sts:AssumeRole'],
    Principal: { Service: [service] },
    ...(condition && { Condition: condition }),
  });
  const arn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
  return { name, arn, trust: policy(trust), policies: [policy(...statements)] } satisfies Role;
}

const reader = role('reader', 'lambda.amazonaws.com', [
  allow({
    Sid: 'Read',
    Action: ['s3:GetObject', 's3:DeleteObject'],
    Resource: [`${BUCKET}/*`, 'arn:aws:s3:::other/*'],
  }),
  allow({
    Action: ['s3:ListBucket'],
    Resource: [BUCKET],
    Condition: { StringLike: { 's3:prefix': ['home/*'] } },
  }),
  allow({ Sid: 'Log', Action: ['logs:PutLogEvents'], Resource: ['*'] }),
]);
const runner = role('runner', 'states.amazonaws.com', [], { ArnEquals: { 'aws:SourceArn': [MACHINE] } });

type Part = 'account' | 'region' | 'functions' | 'stateMachines' | 'roles' | 'keys' | 'resourcePolicies';

const stack: Pick<Stack, Part> = {
  account: ACCOUNT,
  region: 'us-east-1',
  functions: [{ arn: FUNCTION, role: reader.arn } as Stack['functions'][number]],
  stateMachines: [{ arn: MACHINE, role: runner.arn } as Stack['stateMachines'][number]],
  roles: [reader, runner],
  keys: [],
  resourcePolicies: {
    [BUCKET]: policy({
      Sid: 'NotTheSecret',
      Effect: 'Deny',
      Action: ['s3:*'],
      Resource: [`${BUCKET}/secret`],
      Principal: { AWS: ['*'] },
    }),
    [QUEUE]: policy(
      allow({
        Sid: 'TheRuleSends',
        Action: ['sqs:SendMessage'],
        Resource: [QUEUE],
        Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] },
        Condition: { ArnEquals: { 'aws:SourceArn': [RULE] }, Bool: { 'aws:SecureTransport': ['true'] } },
      }),
    ),
  },
};

const principals = new Principals(ACCOUNT, stack.roles);
const user = principals.find('local') as Principal;
const asReader = principals.role(reader.arn);

/** The gate's answer: null, or the error. */
async function ask(
  gate: ReturnType<typeof createIamGate>,
  principal: Principal,
  action: string,
  resource: string,
  context?: Record<string, string>,
): Promise<AwsError | null> {
  return gate({ principal, action, resource, context }).then(
    () => null,
    (error: AwsError) => error,
  );
}

describe('the gate', () => {
  const gate = createIamGate(stack);

  test('lets a role do what its policies allow', async () => {
    expect(await ask(gate, asReader, 's3:GetObject', `${BUCKET}/a.jpg`)).toBeNull();
  });

  test("denies everything else with 403 and AWS's own text", async () => {
    expect(await ask(gate, asReader, 's3:PutObject', `${BUCKET}/a.jpg`)).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message: `User: ${reader.arn} is not authorized to perform: s3:PutObject on resource: ${BUCKET}/a.jpg because no identity-based policy allows the s3:PutObject action`,
    });
  });

  test('uses the condition keys that a service provides with its call', async () => {
    expect(await ask(gate, asReader, 's3:ListBucket', BUCKET, { 's3:prefix': 'home/anna' })).toBeNull();
    expect(await ask(gate, asReader, 's3:ListBucket', BUCKET, { 's3:prefix': 'work' })).not.toBeNull();
    expect(await ask(gate, asReader, 's3:ListBucket', BUCKET)).not.toBeNull();
  });

  test('applies the policy of a bucket to its objects, and to the administrator too', async () => {
    expect(user.arn).toBe(userArn(ACCOUNT));
    expect(await ask(gate, user, 's3:PutObject', `${BUCKET}/a.jpg`)).toBeNull();
    expect(await ask(gate, user, 'dynamodb:ListTables', '*')).toBeNull();
    for (const who of [user, asReader]) {
      expect((await ask(gate, who, 's3:GetObject', `${BUCKET}/secret`))?.message).toContain(
        'with an explicit deny in a resource-based policy',
      );
    }
    expect(await ask(gate, user, 's3:GetObject', 'arn:aws:s3:::uploads-2/secret')).toBeNull();
  });

  test('lets a service act only for the resource that the policy names', async () => {
    const events = (source?: string) => principals.service('events.amazonaws.com', source);
    expect(await ask(gate, events(RULE), 'sqs:SendMessage', QUEUE)).toBeNull();
    expect((await ask(gate, events(`${RULE}2`), 'sqs:SendMessage', QUEUE))?.message).toContain(
      'because no resource-based policy allows',
    );
    expect(await ask(gate, events(), 'sqs:SendMessage', QUEUE)).not.toBeNull();
    expect(await ask(gate, events(RULE), 's3:GetObject', `${BUCKET}/a.jpg`)).not.toBeNull();
  });

  test('gives each kind of caller only condition keys that a policy may use', () => {
    const events = principals.service('events.amazonaws.com', RULE);
    const keysOf = (principal: Principal) => [
      ...contextOf({ principal, action: 's3:ListBucket', resource: BUCKET }, stack).keys(),
    ];
    const known = CONDITION_KEYS.map((key) => key.toLowerCase());
    for (const principal of [user, asReader, events])
      expect(known).toEqual(expect.arrayContaining(keysOf(principal)));
    expect(keysOf(asReader)).not.toContain('aws:sourcearn');
    expect(keysOf(events)).not.toContain('aws:principalarn');
  });

  test('refuses callers that are not in the stack', async () => {
    const stranger = { arn: `arn:aws:iam::${ACCOUNT}:role/stranger`, accessKeyId: '', secretAccessKey: '' };
    expect(await ask(gate, stranger, 's3:GetObject', `${BUCKET}/a.jpg`)).not.toBeNull();
  });
});

describe('trust', () => {
  const check = (changed: Partial<typeof stack>) => {
    const other = { ...stack, ...changed };
    return checkTrust(createIamGate(other), new Principals(ACCOUNT, other.roles), other);
  };

  test('exists between functions and Lambda, and between state machines and Step Functions', async () => {
    await expect(check({})).resolves.toBeUndefined();
  });

  test('in another service is not enough', async () => {
    const distrustful = role('reader', 'ec2.amazonaws.com', []);
    await expect(check({ roles: [distrustful, runner] })).rejects.toThrow(
      `${FUNCTION} cannot run as its role: User: lambda.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${reader.arn}`,
    );
  });

  test('for another state machine is not enough', async () => {
    const [machine] = stack.stateMachines as [Stack['stateMachines'][number]];
    await expect(check({ stateMachines: [{ ...machine, arn: `${MACHINE}-2` }] })).rejects.toThrow(
      `${MACHINE}-2 cannot run as its role`,
    );
  });
});

describe('the report', () => {
  const lines = ({ unneeded }: PermissionReport) =>
    unneeded.map(({ statement, principal = '', action, resource = '' }) =>
      [statement, principal, action, resource].filter(Boolean).join(' '),
    );

  test('lists every action of every statement on every resource until a call needs it', async () => {
    const gate = createIamGate(stack);
    const all = lines(gate.report());
    expect(all).toEqual([
      `Read s3:GetObject ${BUCKET}/*`,
      'Read s3:GetObject arn:aws:s3:::other/*',
      `Read s3:DeleteObject ${BUCKET}/*`,
      'Read s3:DeleteObject arn:aws:s3:::other/*',
      `#2 s3:ListBucket ${BUCKET}`,
      `TheRuleSends events.amazonaws.com sqs:SendMessage ${QUEUE}`,
      `TheRuleSends sns.amazonaws.com sqs:SendMessage ${QUEUE}`,
      'Trust lambda.amazonaws.com sts:AssumeRole',
      'Trust states.amazonaws.com sts:AssumeRole',
    ]);

    await ask(gate, asReader, 's3:DeleteObject', 'arn:aws:s3:::other/a.jpg');
    await ask(gate, principals.service('sns.amazonaws.com', RULE), 'sqs:SendMessage', QUEUE);
    await checkTrust(gate, principals, stack);
    const needed = new Set(all);
    for (const line of lines(gate.report())) needed.delete(line);
    expect([...needed]).toEqual([
      'Read s3:DeleteObject arn:aws:s3:::other/*',
      `TheRuleSends sns.amazonaws.com sqs:SendMessage ${QUEUE}`,
      'Trust lambda.amazonaws.com sts:AssumeRole',
      'Trust states.amazonaws.com sts:AssumeRole',
    ]);
  });

  test('keeps apart what AWS does and the engine does not', () => {
    expect(createIamGate(stack).report().notRunLocally).toEqual([
      {
        holder: reader.arn,
        statement: 'Log',
        action: 'logs:PutLogEvents',
        resource: '*',
        reason: 'Lambda writes the logs of a function; here they are files',
      },
    ]);
  });

  test('finds two grants of the same thing: neither is needed', async () => {
    const twice = role('reader', 'lambda.amazonaws.com', [
      allow({ Sid: 'One', Action: ['s3:GetObject'], Resource: [`${BUCKET}/*`] }),
      allow({ Sid: 'Other', Action: ['s3:Get*'], Resource: [`${BUCKET}/*`] }),
    ]);
    const gate = createIamGate({ ...stack, roles: [twice], resourcePolicies: {} });
    await ask(gate, asReader, 's3:GetObject', `${BUCKET}/a.jpg`);
    expect(lines(gate.report())).toEqual(
      expect.arrayContaining([`One s3:GetObject ${BUCKET}/*`, `Other s3:Get* ${BUCKET}/*`]),
    );
    await ask(gate, asReader, 's3:GetObjectTagging', `${BUCKET}/a.jpg`);
    expect(lines(gate.report())).not.toContain(`Other s3:Get* ${BUCKET}/*`);
  });

  test("is not affected by the administrator's calls, or by denied ones", async () => {
    const gate = createIamGate(stack);
    const before = gate.report().unneeded;
    await ask(gate, user, 's3:GetObject', `${BUCKET}/a.jpg`);
    await ask(gate, asReader, 's3:GetObject', `${BUCKET}/secret`);
    expect(gate.report().unneeded).toEqual(before);
  });

  test('counts denials by who, what and why', async () => {
    const gate = createIamGate(stack);
    for (const key of ['a', 'b']) await ask(gate, asReader, 's3:PutObject', `${BUCKET}/${key}`);
    expect(gate.report().denied).toEqual([
      {
        principal: reader.arn,
        action: 's3:PutObject',
        resource: `${BUCKET}/a`,
        why: 'because no identity-based policy allows the s3:PutObject action',
        times: 2,
      },
    ]);
  });
});
