import fc from 'fast-check';
import { evaluate } from '../../../local-aws/iam/evaluate';
import type { PolicyDocument, PolicyStatement } from '../../../local-aws/stack/model';

const ROLE = 'arn:aws:iam::111122223333:role/reader';
const OTHER = 'arn:aws:iam::111122223333:role/other';
const ACCOUNT = 'arn:aws:iam::111122223333:root';
const SERVICE = 'events.amazonaws.com';
const KEY = 'arn:aws:s3:::bucket/a.jpg';

const policy = (...Statement: PolicyStatement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });

function statement(effect: 'Allow' | 'Deny', rest: Partial<PolicyStatement> = {}): PolicyStatement {
  return { Effect: effect, Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::bucket/*'], ...rest };
}

const allow = (rest?: Partial<PolicyStatement>) => policy(statement('Allow', rest));
const deny = (rest?: Partial<PolicyStatement>) => policy(statement('Deny', rest));
const to = (AWS: string) => ({ Principal: { AWS: [AWS] } });

function decide(
  identity: PolicyDocument[],
  resource?: PolicyDocument,
  { principal = ROLE, action = 's3:GetObject', on = KEY, context = {} as Record<string, string> } = {},
) {
  const request = { principal, action, resource: on, context: new Map(Object.entries(context)) };
  return evaluate(request, { identity, resource });
}

/**
 * The table in
 * docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html and
 * related ones, for a single account.
 */
describe('within one account', () => {
  test.each<
    [rule: string, identity: PolicyDocument[], resource: PolicyDocument | undefined, allowed: boolean]
  >([
    ['nothing is allowed by default', [], undefined, false],
    ['a policy about something else allows nothing', [allow({ Action: ['s3:PutObject'] })], undefined, false],
    ['an identity-based allow is enough', [allow()], undefined, true],
    ['one of several policies is enough', [policy(), allow()], undefined, true],
    ['a resource-based allow of the role is enough', [], allow(to(ROLE)), true],
    ['a resource-based allow of everyone is enough', [], allow(to('*')), true],
    ['a resource-based allow of another role is not', [], allow(to(OTHER)), false],
    ['a resource-based allow of the account grants nothing by itself', [], allow(to(ACCOUNT)), false],
    ['nor does the account by its number', [], allow(to('111122223333')), false],
    ['it leaves the decision to the identity-based policies', [allow()], allow(to(ACCOUNT)), true],
    ['an identity-based deny wins over both allows', [allow(), deny()], allow(to(ROLE)), false],
    [
      'a resource-based deny wins over both allows',
      [allow()],
      policy(statement('Deny', to(ROLE)), statement('Allow', to(ROLE))),
      false,
    ],
    ['a deny for everyone applies to the role', [allow()], deny(to('*')), false],
    ['a deny for the account applies to the role', [allow()], deny(to(ACCOUNT)), false],
    ['a deny for another account does not', [allow()], deny(to('arn:aws:iam::444455556666:root')), true],
    ['a deny for another role does not', [allow()], deny(to(OTHER)), true],
    [
      'a deny whose condition does not hold has no effect',
      [allow()],
      deny({ ...to('*'), Condition: { Bool: { 'aws:SecureTransport': ['false'] } } }),
      true,
    ],
    [
      'an allow whose condition does not hold has no effect',
      [allow({ Condition: { Bool: { 'aws:SecureTransport': ['true'] } } })],
      undefined,
      false,
    ],
  ])('%s', (_, identity, resource, allowed) => {
    expect(decide(identity, resource).allowed).toBe(allowed);
  });
});

/** docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html, "Evaluating effective permissions" */
describe('within a permissions boundary', () => {
  const bounded = (boundary: PolicyDocument, identity: PolicyDocument[], resource?: PolicyDocument) =>
    evaluate(
      { principal: ROLE, action: 's3:GetObject', resource: KEY, context: new Map() },
      { identity, boundary, resource },
    );
  const nothing = policy();

  test.each<
    [
      rule: string,
      boundary: PolicyDocument,
      identity: PolicyDocument[],
      resource: PolicyDocument | undefined,
      allowed: boolean,
    ]
  >([
    ['what both allow is allowed', allow(), [allow()], undefined, true],
    ['the boundary grants nothing by itself', allow(), [], undefined, false],
    ['what the boundary leaves out is denied', nothing, [allow()], undefined, false],
    [
      'a deny in the boundary wins',
      policy(...allow().Statement, ...deny().Statement),
      [allow()],
      allow(to('*')),
      false,
    ],
    ["the boundary limits a resource's grant to the role", nothing, [], allow(to(ROLE)), false],
    ['within the boundary it is enough', allow(), [], allow(to(ROLE)), true],
    ["the boundary does not limit a resource's grant to everyone", nothing, [], allow(to('*')), true],
    [
      'the grant to the account is left to the policies within the boundary',
      nothing,
      [allow()],
      allow(to(ACCOUNT)),
      false,
    ],
    [
      'all actions except some include the others',
      policy({ Effect: 'Allow', Action: [], NotAction: ['iam:*', 's3:Put*'], Resource: ['*'] }),
      [allow()],
      undefined,
      true,
    ],
    [
      'all actions except these do not include these',
      policy({ Effect: 'Allow', Action: [], NotAction: ['s3:get*'], Resource: ['*'] }),
      [allow()],
      undefined,
      false,
    ],
  ])('%s', (_, boundary, identity, resource, allowed) => {
    expect(bounded(boundary, identity, resource).allowed).toBe(allowed);
  });

  test("the text is AWS's own", () => {
    const why = (...input: Parameters<typeof bounded>) => bounded(...input).why;
    expect(why(nothing, [allow()])).toBe('because no permissions boundary allows the s3:GetObject action');
    expect(why(nothing, [])).toBe('because no identity-based policy allows the s3:GetObject action');
    expect(why(deny(), [allow()])).toBe('with an explicit deny in a permissions boundary');
  });
});

/** docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
describe("if the resource's policy comes first, like a key's", () => {
  const decideOnKey = (identity: PolicyDocument[], resource: PolicyDocument, principal = ROLE) =>
    evaluate(
      { principal, action: 's3:GetObject', resource: KEY, context: new Map() },
      { identity, resource, delegated: true },
    );

  test.each<[rule: string, identity: PolicyDocument[], resource: PolicyDocument, allowed: boolean]>([
    ["the role's own policies count if it delegates to the account", [allow()], allow(to(ACCOUNT)), true],
    ['they do not count if it does not', [allow()], allow(to(OTHER)), false],
    [
      'or if it delegates something else',
      [allow()],
      allow({ ...to(ACCOUNT), Action: ['s3:PutObject'] }),
      false,
    ],
    ['or to another account', [allow()], allow(to('arn:aws:iam::444455556666:root')), false],
    [
      'or delegates under a condition that does not hold',
      [allow()],
      allow({ ...to(ACCOUNT), Condition: { Null: { a: ['false'] } } }),
      false,
    ],
    [
      'a deny for the account delegates nothing',
      [allow()],
      policy(statement('Deny', to(ACCOUNT)), ...allow(to(ACCOUNT)).Statement),
      false,
    ],
    ['delegating to the account grants nothing by itself', [], allow(to(ACCOUNT)), false],
    ['a grant to the role is enough', [], allow(to(ROLE)), true],
  ])('%s', (_, identity, resource, allowed) => {
    expect(decideOnKey(identity, resource).allowed).toBe(allowed);
  });

  test('a service is not part of the account', () => {
    expect(decideOnKey([], allow(to(ACCOUNT)), SERVICE).allowed).toBe(false);
  });

  test('the text says which policy is missing', () => {
    expect(decideOnKey([allow()], policy()).why).toContain('because no resource-based policy allows');
    expect(decideOnKey([], allow(to(ACCOUNT))).why).toContain('because no identity-based policy allows');
  });
});

describe('a service of AWS', () => {
  const service = { Principal: { Service: [SERVICE] } };

  test('is allowed what a resource grants it', () => {
    expect(decide([], allow(service), { principal: SERVICE }).allowed).toBe(true);
    expect(decide([], allow(to('*')), { principal: SERVICE }).allowed).toBe(true);
  });

  test('is allowed nothing that is granted to another one, or to the account', () => {
    const other = { Principal: { Service: ['sns.amazonaws.com'] } };
    expect(decide([], allow(other), { principal: SERVICE }).allowed).toBe(false);
    expect(decide([], allow(to(ACCOUNT)), { principal: SERVICE }).allowed).toBe(false);
  });

  test('must meet a condition on the resource it acts for', () => {
    const rule = 'arn:aws:events:us-east-1:111122223333:rule/uploads';
    const resource = allow({ ...service, Condition: { ArnEquals: { 'aws:SourceArn': [rule] } } });
    const acting = (source: string) =>
      decide([], resource, { principal: SERVICE, context: { 'aws:sourcearn': source } }).allowed;
    expect(acting(rule)).toBe(true);
    expect(acting(`${rule}-of-a-stranger`)).toBe(false);
    expect(decide([], resource, { principal: SERVICE }).allowed).toBe(false);
  });

  test('is denied by a deny of everyone', () => {
    const resource = policy(statement('Allow', service), statement('Deny', to('*')));
    expect(decide([], resource, { principal: SERVICE }).allowed).toBe(false);
  });

  test('assumes a role that trusts it, by a statement that names no resource', () => {
    const trust = policy({ Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: [], ...service });
    const assume = { action: 'sts:AssumeRole', on: ROLE };
    expect(decide([], trust, { ...assume, principal: SERVICE }).allowed).toBe(true);
    expect(decide([], trust, { ...assume, principal: 'lambda.amazonaws.com' }).allowed).toBe(false);
  });
});

describe('what a statement is about', () => {
  test.each([
    [['s3:getobject'], true],
    [['S3:GET*'], true],
    [['s3:Get?bject'], true],
    [['*'], true],
    [['dynamodb:*', 's3:*'], true],
    [['s3:GetObjectVersion'], false],
    [['s3:Put*'], false],
  ])('actions %j: %s', (Action, allowed) => {
    expect(decide([allow({ Action })]).allowed).toBe(allowed);
  });

  test.each([
    [['*'], true],
    [['arn:aws:s3:::bucket/a.jpg'], true],
    [['arn:aws:s3:::buck?t/*.jpg'], true],
    [['arn:aws:s3:::other/*', 'arn:aws:s3:::bucket/*'], true],
    [['arn:aws:s3:::bucket'], false],
    [['arn:aws:s3:::bucket/A.jpg'], false],
  ])('resources %j: %s', (Resource, allowed) => {
    expect(decide([allow({ Resource })]).allowed).toBe(allowed);
  });

  test('an action without a particular resource needs a statement about all', () => {
    const request = { action: 's3:ListAllMyBuckets', on: '*' };
    const Action = ['s3:*'];
    expect(decide([allow({ Action, Resource: ['*'] })], undefined, request).allowed).toBe(true);
    expect(decide([allow({ Action })], undefined, request).allowed).toBe(false);
  });
});

describe('the reason', () => {
  test.each<[string, ReturnType<typeof decide>]>([
    ['because no identity-based policy allows the s3:GetObject action', decide([])],
    [
      'because no resource-based policy allows the s3:GetObject action',
      decide([], undefined, { principal: SERVICE }),
    ],
    ['with an explicit deny in an identity-based policy', decide([allow(), deny()])],
    ['with an explicit deny in a resource-based policy', decide([allow()], deny(to('*')))],
    ['because an identity-based policy allows the s3:GetObject action', decide([allow()])],
    ['because a resource-based policy allows the s3:GetObject action', decide([], allow(to(ROLE)))],
  ])('reads "%s"', (why, decision) => {
    expect(decision.why).toBe(why);
  });

  test('names the statements that decided', () => {
    const [yes, no] = [statement('Allow'), statement('Deny')];
    expect(decide([policy(yes)]).statements).toEqual([yes]);
    expect(decide([policy(yes, no)]).statements).toEqual([no]);
    expect(decide([]).statements).toEqual([]);
  });
});

describe('for any policies', () => {
  const word = fc.constantFrom('s3:GetObject', 's3:Get*', 's3:PutObject', '*');
  const where = fc.constantFrom('*', 'arn:aws:s3:::bucket/*', KEY, 'arn:aws:s3:::other/*');
  const who = fc.constantFrom(ROLE, OTHER, ACCOUNT, '*');
  const condition = fc.option(
    fc.constantFrom<NonNullable<PolicyStatement['Condition']>>(
      { Bool: { 'aws:SecureTransport': ['true'] } },
      { Bool: { 'aws:SecureTransport': ['false'] } },
      { StringNotLike: { 's3:prefix': ['a*'] } },
    ),
    { nil: undefined },
  );
  const any = (principal: boolean) =>
    fc
      .record({
        Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
        Action: fc.array(word, { minLength: 1, maxLength: 2 }),
        Resource: fc.array(where, { minLength: 1, maxLength: 2 }),
        Condition: condition,
        id: who,
      })
      .map(({ id, ...rest }): PolicyStatement => ({ ...rest, ...(principal && to(id)) }));
  const documents = fc.array(
    fc.array(any(false), { maxLength: 3 }).map((all) => policy(...all)),
    { maxLength: 3 },
  );
  const resourcePolicy = fc.array(any(true), { maxLength: 3 }).map((all) => policy(...all));
  const how = { context: { 'aws:securetransport': 'true' } };

  test('an explicit deny always wins', () => {
    fc.assert(
      fc.property(documents, resourcePolicy, fc.boolean(), fc.nat(), (identity, resource, inIdentity, at) => {
        const documentsWithDeny = [...identity, deny()];
        const resourceWithDeny = policy(...resource.Statement);
        resourceWithDeny.Statement.splice(
          at % (resource.Statement.length + 1),
          0,
          statement('Deny', to('*')),
        );
        const decision = inIdentity
          ? decide(documentsWithDeny, resource, how)
          : decide(identity, resourceWithDeny, how);
        expect(decision.allowed).toBe(false);
        expect(decision.why).toContain('explicit deny');
      }),
    );
  });

  test('one more allow never takes access away, and one more deny never gives it', () => {
    fc.assert(
      fc.property(documents, resourcePolicy, any(false), any(true), (identity, resource, more, moreTo) => {
        const before = decide(identity, resource, how).allowed;
        const after = decide([...identity, policy(more)], policy(...resource.Statement, moreTo), how).allowed;
        const effects = new Set([more.Effect, moreTo.Effect]);
        if (!effects.has('Deny')) expect(after || !before).toBe(true);
        if (!effects.has('Allow')) expect(before || !after).toBe(true);
      }),
    );
  });

  test('the order of policies and statements makes no difference', () => {
    fc.assert(
      fc.property(documents, resourcePolicy, (identity, resource) => {
        const turned = identity.map(({ Statement }) => policy(...[...Statement].reverse())).reverse();
        const decision = decide(turned, policy(...[...resource.Statement].reverse()), how);
        expect(decision.allowed).toBe(decide(identity, resource, how).allowed);
      }),
    );
  });

  test('nothing is allowed that no statement allows', () => {
    fc.assert(
      fc.property(documents, resourcePolicy, (identity, resource) => {
        const { allowed, statements } = decide(identity, resource, how);
        const effects = statements.map(({ Effect }) => Effect);
        if (allowed) expect(effects.length > 0 && effects.every((effect) => effect === 'Allow')).toBe(true);
        else expect(effects.every((effect) => effect === 'Deny')).toBe(true);
      }),
    );
  });
});
