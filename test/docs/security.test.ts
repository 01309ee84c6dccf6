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
