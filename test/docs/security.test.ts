import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Calls, callsIn, withCalls } from '../../scripts/calls/table';
import { EVERY_FUNCTION } from '../../scripts/everything';
import { withTables } from '../../scripts/scanners/tables';
import { SETTINGS } from '../fixtures/settings';
import { synthesize } from '../stacks/synthesized';
import { document } from './documents';

const text = document('security.md');
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/1';
const stacks = [
  ...Object.values(SETTINGS).map((settings) => synthesize(settings)),
  synthesize({
    region: 'eu-west-1',
    uploads: { existingBucket: 'photos', kmsKeyArn: KEY, prefix: 'in/' },
    thumbnails: { bucket: 'uploads', prefix: 'out/' },
  }),
];

const sids = new Set(
  stacks.flatMap((stack) =>
    Object.values(stack.data['aws_iam_policy_document']!).flatMap((policy) =>
      (policy['statement'] as { sid: string }[]).map(({ sid }) => sid),
    ),
  ),
);

test('every statement of every policy is explained', () => {
  expect([...sids].filter((sid) => !text.includes(`\`${sid}\``))).toEqual([]);
});

test('no statement is explained that no longer exists', () => {
  const from = text.indexOf('## Roles');
  const explained = [...text.slice(from, text.indexOf('## What scanners')).matchAll(/`([A-Z][A-Za-z]+)`/g)];
  expect(explained.map(([, sid]) => sid!).filter((sid) => !sids.has(sid))).toEqual([]);
});

test('every role has the statements the table lists for it', () => {
  const [stack] = stacks;
  const table = text.slice(text.indexOf('| role | statement'), text.indexOf('With `encryption.'));
  let role = '';
  const rows = table
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('|'));
  for (const row of rows) {
    const [, who, statement] = row.split('|').map((cell) => cell.trim());
    role = who || role;
    const sid = statement!.replaceAll('`', '');
    for (const name of role.split(', ').filter((one) => !one.startsWith('each'))) {
      const id = name.replaceAll('*', '').replace(' ', '-');
      const policies = Object.entries(stack!.data['aws_iam_policy_document']!);
      const [, policy] = policies.find(([key]) =>
        new RegExp(`^${id}(-function)?_role_permissions`).test(key),
      )!;
      expect((policy['statement'] as { sid: string }[]).map((one) => `${id} ${one.sid}`)).toContain(
        `${id} ${sid}`,
      );
    }
  }
  expect(rows.length).toBeGreaterThan(20);
});

test('only the documented exceptions name every resource', () => {
  const open = stacks.flatMap((stack) =>
    Object.values(stack.data['aws_iam_policy_document']!).flatMap((policy) =>
      (policy['statement'] as { sid: string; resources?: string[] }[])
        .filter(({ resources }) => resources?.includes('*'))
        .map(({ sid }) => sid),
    ),
  );
  expect([...new Set(open)].sort()).toEqual([
    'AccountAdministersTheKey',
    'AlarmsPublishToEncryptedTopics',
    'DeliverExecutionLogs',
    'DistributionsReadEncryptedThumbnails',
    'LogGroupsAreEncrypted',
    'RulesSendToTheEncryptedDeadLetterQueue',
    'WriteTraces',
  ]);
});

test('the tables of what scanners are declined are up to date: run `npm run docs`', () => {
  expect(withTables(text)).toBe(text);
});

describe('the table of calls', () => {
  const ROOT = join(__dirname, '../..');
  const stack = synthesize(EVERY_FUNCTION);
  let calls: Calls;
  beforeAll(() => {
    calls = callsIn(ROOT, stack);
  });

  test('is up to date: run `npm run docs`', () => {
    expect(withCalls(text, calls)).toBe(text);
  });

  test('has a grant for every call, and a call for every grant', () => {
    const { holes, unused, outdated } = calls;
    expect({ holes, unused, outdated }).toEqual({ holes: [], unused: [], outdated: [] });
  });

  /** The stack with one action of a role taken away or added. */
  const changed = (role: string, change: (actions: string[]) => string[]) => {
    const copy = structuredClone(stack);
    const [, document] = Object.entries(copy.data['aws_iam_policy_document']!).find(([id]) =>
      id.startsWith(role),
    )!;
    for (const statement of document['statement']) statement.actions = change(statement.actions);
    return callsIn(ROOT, copy);
  };
  const without = (action: string) => (actions: string[]) => actions.filter((one) => one !== action);

  test.each([
    ['notify-function_role_permissions', 'sns:Publish', 'notify PublishCommand'],
    ['quarantine-function_role_permissions', 's3:PutObjectTagging', 'quarantine CopyObjectCommand'],
    ['state-machine_role_permissions', 'sqs:SendMessage', 'state machine the integration sqs:sendMessage'],
    ['state-machine_role_permissions', 'lambda:InvokeFunction', 'state machine a task invokes its function'],
  ])('of %s without %s has a hole', (role, action, hole) => {
    expect(changed(role, without(action)).holes).toEqual([hole]);
  });

  test('of a role with a grant too many shows it, and so does a call that was said to be never made', () => {
    const more = changed('notify-function_role_permissions', (actions) => [...actions, 's3:DeleteBucket']);
    expect(more.unused[0]).toMatch(/^notify s3:DeleteBucket/);
    const granted = changed('notify-function_role_permissions', (actions) => [
      ...actions,
      'dynamodb:GetItem',
    ]);
    expect(granted.outdated).toEqual(['notify GetItemCommand']);
  });
});

test('each threat names the tests that try it', () => {
  const table = text.slice(text.indexOf('| who | could try to'), text.indexOf('This does not cover uploads'));
  const rows = table.trim().split('\n').slice(2);
  const without = rows.filter((row) => !/\| \[[^|]+\.test\.ts\)(, \[[^|]+\.test\.ts\))* \|/.test(row));
  expect(without).toEqual([]);
  expect(rows.length).toBeGreaterThan(20);
});

test('the versions of the decoder of HEIC are those in the package', () => {
  const library = require.resolve('libheif-js/libheif-wasm/libheif.js');
  const { version } = require('libheif-js/package.json') as { version: string };
  const [, libheif, libde265, shipped] =
    /libheif ([\d.]+) and libde265 ([\d.]+) decode it, as WebAssembly within libheif-js ([\d.]+),/.exec(
      text,
    )!;
  expect(shipped).toBe(version);
  const code = readFileSync(library.replace(/js$/, 'wasm'));
  for (const each of [libheif, libde265]) expect(code.includes(`\0${each}\0`)).toBe(true);
});
