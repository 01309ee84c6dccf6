import type { PolicyKind } from '../../../local-aws/iam/check';
import { parsePolicy } from '../../../local-aws/stack/policy';

const EXPECTED = 'Expected service:action or * for Action';

function parse(kind: PolicyKind, statement: object) {
  return parsePolicy({ Version: '2012-10-17', Statement: [statement] }, kind);
}

const identity = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const resource = { ...identity, Principal: '*' };
const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };

test.each<[PolicyKind, object]>([
  ['identity', identity],
  ['identity', { ...identity, Condition: { StringLike: { 'S3:PREFIX': ['home/${aws:username}'] } } }],
  ['identity', { ...identity, Condition: { ArnLikeIfExists: { 'aws:SourceArn': 'arn:*' } } }],
  ['resource', resource],
  ['resource', { ...resource, Principal: { AWS: ['111122223333', 'arn:aws:iam::111122223333:role/a/b'] } }],
  ['trust', trust],
])('an %s policy of %j is evaluated', (kind, statement) => {
  expect(parse(kind, statement).Statement).toHaveLength(1);
});

test.each<[what: string, kind: PolicyKind, statement: object, problem: string]>([
  [
    'NotAction',
    'identity',
    { Effect: 'Deny', NotAction: 's3:*', Resource: '*' },
    'the policy element NotAction',
  ],
  [
    'NotResource',
    'identity',
    { Effect: 'Deny', Action: 's3:*', NotResource: '*' },
    'the policy element NotResource',
  ],
  ['NotPrincipal', 'resource', { ...identity, NotPrincipal: '*' }, 'the policy element NotPrincipal'],
  [
    'an action without its service',
    'identity',
    { ...identity, Action: 'GetObject' },
    `${EXPECTED} but received "GetObject"`,
  ],
  ['no action', 'identity', { ...identity, Action: [] }, 'Expected an action for Action'],
  [
    'a principal in a policy that has none',
    'identity',
    resource,
    'Expected no Principal in the identity policy',
  ],
  ['nobody', 'resource', identity, 'Expected a Principal in the resource policy'],
  ['nothing', 'identity', { Effect: 'Allow', Action: 's3:*' }, 'Expected a Resource in the identity policy'],
  ['a resource of a trust', 'trust', { ...trust, Resource: '*' }, 'Expected no Resource in the trust policy'],
  [
    'an operator',
    'identity',
    { ...identity, Condition: { DateLessThan: { 'aws:CurrentTime': '2027' } } },
    '"DateLessThan"',
  ],
  [
    'an operator for sets',
    'identity',
    { ...identity, Condition: { 'ForAnyValue:StringLike': { 's3:prefix': 'a' } } },
    '"ForAnyValue:StringLike"',
  ],
  [
    'a key that no call has',
    'identity',
    { ...identity, Condition: { StringEquals: { 's3:signatureAge': '1' } } },
    'but received "s3:signatureAge"',
  ],
  [
    'a variable that no request has',
    'identity',
    { ...identity, Resource: 'arn:aws:s3:::${aws:userid}' },
    'Expected a policy variable',
  ],
  [
    'a federated principal',
    'resource',
    { ...resource, Principal: { Federated: 'a.example' } },
    'but received "Federated"',
  ],
  [
    'a wildcard in a principal',
    'resource',
    { ...resource, Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } },
    'role/*',
  ],
  ['an invalid service', 'trust', { ...trust, Principal: { Service: 'lambda' } }, 'but received "lambda"'],
])('%s is refused', (_, kind, statement, problem) => {
  expect(() => parse(kind, statement)).toThrow(problem);
});
