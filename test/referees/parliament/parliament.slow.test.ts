/**
 * Checks the identity policies of all settings fixtures with Parliament, which knows the resources and conditions of every
 * action.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate, type Terraform } from '../../../local-aws/stack/evaluate';
import { policiesFor } from '../../../scripts/deployer/document';
import { EVERYTHING, STANDARD } from '../../../scripts/everything';
import { SETTINGS } from '../../fixtures/settings';
import { synthesize } from '../../stacks/synthesized';
import { describeWith, findReferee } from '../referee';

interface Finding {
  issue: string;
  detail: unknown;
  location: { filepath?: string };
}

const referee = findReferee('parliament');

/** Terraform writes a list of one value as that value, and Parliament reads the conditions `Null` and `Bool` in no other way. */
const asTerraformWrites = (policy: string): string =>
  JSON.stringify(
    JSON.parse(policy, (_, value) =>
      Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : value,
    ),
  );

/** The identity policies of a stack as AWS would get them, by file name. */
function policiesOf(name: string, settings: Record<string, unknown>): [file: string, policy: string][] {
  const problems: string[] = [];
  const { resources } = evaluate(
    synthesize(settings) as unknown as Terraform,
    { account: '111122223333', region: 'us-east-1' },
    (problem) => problems.push(problem),
  );
  const policies = resources
    .filter(({ type }) => type === 'aws_iam_role_policy')
    .map((block): [string, string] => [
      `${name}-${block.address.replace(/^.*\./, '')}.json`,
      asTerraformWrites(String(block.get('policy'))),
    ]);
  // By the time an argument is read, everything it refers to is known.
  expect(problems).toEqual([]);
  return policies;
}

function review(policies: [file: string, policy: string][]): Finding[] {
  const folder = mkdtempSync(join(tmpdir(), 'parliament-'));
  try {
    for (const [file, policy] of policies) writeFileSync(join(folder, file), policy);
    const { stdout, stderr, status } = spawnSync(
      join(referee!, 'bin/python3'),
      [join(referee!, 'bin/parliament'), '--directory', folder, '--json'],
      { encoding: 'utf8', maxBuffer: 1e8 },
    );
    // If it has findings, it exits with 1 and prints each as a JSON object on its own line.
    if (status === null || (status !== 0 && stdout === '')) throw new Error(`Parliament failed: ${stderr}`);
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describeWith(referee)('Parliament', () => {
  test('finds an action on a resource of the wrong type', () => {
    const wrong = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a-bucket' }],
    };
    expect(review([['wrong.json', JSON.stringify(wrong)]])).toMatchObject([{ issue: 'RESOURCE_MISMATCH' }]);
  });

  test('finds nothing in the permissions of the deployer but that buckets and their policies are theirs', () => {
    const everything = EVERYTHING.map((settings) => synthesize(settings));
    const { standard, more } = policiesFor(synthesize(STANDARD), everything);
    const named = (policy: object) =>
      JSON.stringify(policy)
        .replaceAll('PREFIX', 'thumbnail-workflow')
        .replaceAll('REGION', 'us-east-1')
        .replaceAll('ACCOUNT', '111122223333');
    const findings = review([
      ['standard.json', named(standard)],
      ['more.json', named(more)],
    ]);
    expect(findings.filter(({ issue }) => issue !== 'RESOURCE_POLICY_PRIVILEGE_ESCALATION')).toEqual([]);
  }, 120_000);

  /**
   * It wants a resource of each kind that an action can have. AWS's page on the permissions of a Distributed Map names executions
   * for DescribeExecution, and no express ones.
   */
  const AS_DOCUMENTED = [
    { action: 'states:DescribeExecution', required_format: 'arn:*:states:*:*:express:*:*:*' },
  ];

  test('finds nothing in the identity policies of any settings but what AWS documents for a Distributed Map', () => {
    const policies = Object.entries(SETTINGS).flatMap(([name, settings]) => policiesOf(name, settings));
    expect(policies.length).toBeGreaterThan(8 * Object.keys(SETTINGS).length);
    const findings = review(policies);
    const others = findings.filter(({ detail }) => JSON.stringify(detail) !== JSON.stringify(AS_DOCUMENTED));
    expect(others).toEqual([]);
    expect(findings).toHaveLength(1);
  }, 120_000);
});
