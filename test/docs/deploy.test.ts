import { difference, type Stack } from '../../scripts/changes/difference';
import { types as replacing } from '../../scripts/changes/replacing-arguments.json';
import { WALKED } from '../../scripts/changes/settings';
import { actions } from '../../scripts/deployer/actions.json';
import { policiesFor, withDeployer } from '../../scripts/deployer/document';
import { needsOf, type Policy } from '../../scripts/deployer/policies';
import { EVERYTHING, STANDARD } from '../../scripts/everything';
import { settingsReference } from '../../stacks/settings/reference';
import { SETTINGS } from '../fixtures/settings';
import { synthesize } from '../stacks/synthesized';
import { document } from './documents';

const text = document('deploy.md');

describe('the table of changes', () => {
  test('walks every setting that is true or false or a list', () => {
    const rows = [...settingsReference().matchAll(/^\| `([^`]+)` \| (`true`, `false`|list of)/gm)];
    expect(rows.length).toBeGreaterThan(15);
    const walked = new Set(WALKED.map(({ setting }) => setting));
    expect(rows.map(([, setting]) => setting).filter((setting) => !walked.has(setting!))).toEqual([]);
  });

  test('walks from one value to another that differs in that setting alone', () => {
    for (const { off, on } of WALKED) expect(off).not.toEqual(on);
    for (const { off, on, setting, together = setting } of WALKED) {
      const [keysOff, keysOn] = [off, on].map((settings) => leaves(settings));
      const paths = [setting, together].map((path) => path.replaceAll('[]', ''));
      const others = [...new Set([...keysOff!, ...keysOn!])].filter(
        (leaf) => !paths.some((path) => leaf.startsWith(path)),
      );
      for (const leaf of others)
        expect([keysOff!.has(leaf), keysOn!.has(leaf), leaf]).toEqual([true, true, leaf]);
    }
  });

  test('knows of every type of resource which arguments replace it', () => {
    const types = Object.values(SETTINGS).flatMap((settings) => Object.keys(synthesize(settings).resource));
    expect([...new Set(types)].filter((type) => !(type in replacing))).toEqual([]);
    expect(Object.keys(replacing).filter((type) => !types.includes(type))).toEqual([]);
  });
});

const leaves = (value: object, path = ''): Set<string> =>
  new Set(
    Object.entries(value).flatMap(([key, inner]) => {
      const here = Array.isArray(value) ? path : path ? `${path}.${key}` : key;
      return typeof inner === 'object'
        ? [...leaves(inner, here)]
        : [`${here} ${Array.isArray(value) ? '' : inner}`];
    }),
  );

describe('the permissions of the deployer', () => {
  const everything = EVERYTHING.map((settings) => synthesize(settings));
  const { standard, more } = policiesFor(synthesize(STANDARD), everything);
  const allowed = ({ Statement }: Policy) => Statement.flatMap(({ Action }) => Action);

  test('are up to date: run `npm run docs`', () => {
    expect(withDeployer(text, synthesize(STANDARD), everything)).toBe(text);
  });

  test('are known for every type of resource, whatever the settings, and for no other', () => {
    const stacks = [...everything, ...Object.values(SETTINGS).map((one) => synthesize(one))];
    const needs = new Set(stacks.flatMap(needsOf));
    expect([...needs].filter((need) => /^(data\.)?\w+$/.test(need) && !(need in actions))).toEqual([]);
    expect(Object.keys(actions).filter((need) => !needs.has(need))).toEqual([]);
    expect([...needs].filter((need) => !everything.flatMap(needsOf).includes(need))).toEqual([]);
  });

  test('hold the ones that a list by hand forgets', () => {
    expect(allowed(standard)).toEqual(
      expect.arrayContaining([
        'iam:PassRole',
        'lambda:GetAccountSettings',
        's3:ListTagsForResource',
        's3:TagResource',
        'states:ValidateStateMachineDefinition',
      ]),
    );
    expect(allowed(more)).toEqual(
      expect.arrayContaining(['kms:CreateGrant', 'logs:CreateLogDelivery', 'logs:UpdateLogDelivery']),
    );
  });

  test('a type that nobody has looked up is refused', () => {
    const unknown = { resource: { aws_vpc: { one: {} } }, data: {} };
    expect(() => policiesFor(unknown, [])).toThrow(/Expected aws_vpc in scripts\/deployer\/actions\.json/);
  });

  test.each([
    ['the default settings', standard],
    ['all others', more],
  ])(
    'for %s fit into a managed policy, which IAM limits to 6,144 characters without spaces',
    (_name, policy) => {
      expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6_144);
    },
  );

  test('name nothing but what begins with the prefix, where AWS knows a resource by its name', () => {
    const open = [standard, more]
      .flatMap(({ Statement }) => Statement)
      .filter(({ Resource }) => Resource.includes('*'))
      .map(({ Sid }) => Sid);
    expect([...new Set(open)].sort()).toEqual(['Quota', 'WithoutAResource']);
  });
});

describe('the difference of two stacks', () => {
  const stack = (resource: Stack['resource'], data: Stack['data'] = {}): Stack => ({ resource, data });
  const queue = (name: string) => ({ aws_sqs_queue: { q: { name } } });
  const policy = { aws_sqs_queue_policy: { p: { queue_url: '${aws_sqs_queue.q.url}', policy: '{}' } } };
  const none = { created: [], updated: [], replaced: [], destroyed: [] };

  test('tells what is created, updated and destroyed', () => {
    const one = stack({ aws_sqs_queue: { a: { name: 'a' }, b: { name: 'b', delay_seconds: 1 } } });
    const other = stack({ aws_sqs_queue: { b: { name: 'b', delay_seconds: 2 }, c: { name: 'c' } } });
    expect(difference(one, other)).toEqual({
      ...none,
      created: ['aws_sqs_queue'],
      updated: ['aws_sqs_queue'],
      destroyed: ['aws_sqs_queue'],
    });
    expect(difference(one, one)).toEqual(none);
  });

  test('follows what is replaced to what refers to it', () => {
    expect(difference(stack({ ...queue('one'), ...policy }), stack({ ...queue('two'), ...policy }))).toEqual({
      ...none,
      replaced: ['aws_sqs_queue', 'aws_sqs_queue_policy'],
    });
  });

  test('follows a new version of a function to what names the version, and not to what names the function', () => {
    const configured = (memory_size: number) =>
      stack({
        aws_lambda_function: { f: { function_name: 'f', memory_size } },
        aws_lambda_provisioned_concurrency_config: { c: { qualifier: '${aws_lambda_function.f.version}' } },
        aws_lambda_permission: { p: { function_name: '${aws_lambda_function.f.function_name}' } },
      });
    expect(difference(configured(128), configured(256))).toEqual({
      ...none,
      updated: ['aws_lambda_function'],
      replaced: ['aws_lambda_provisioned_concurrency_config'],
    });
  });

  test('sees a changed policy document in the resource that has it', () => {
    const role = { aws_iam_role_policy: { r: { policy: '${data.aws_iam_policy_document.d.json}' } } };
    const document = (sid: string) => ({ aws_iam_policy_document: { d: { statement: [{ sid }] } } });
    expect(difference(stack(role, document('A')), stack(role, document('B')))).toEqual({
      ...none,
      updated: ['aws_iam_role_policy'],
    });
  });
});
