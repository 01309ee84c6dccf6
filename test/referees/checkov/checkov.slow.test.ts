/**
 * Runs Checkov's rules over the stacks of all settings fixtures. Everything it reports must be declined in
 * scripts/scanners/declined.json.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DECLINED, type Declined } from '../../../scripts/scanners/tables';
import { SETTINGS } from '../../fixtures/settings';
import { synthesize } from '../../stacks/synthesized';
import { describeWith, findReferee } from '../referee';

interface Finding {
  check: string;
  /** Name of the fixture. */
  settings: string;
  /** The resource without its type and without the hash of its path. */
  resource: string;
}

interface Report {
  summary: { passed: number; failed: number; parsing_errors: number };
  results: { failed_checks: { check_id: string; file_path: string; resource: string }[] };
}

const referee = findReferee('checkov');

/** Checkov's reader of Terraform JSON stops at `required_version` and then reports nothing, so the copy leaves it out. */
function scan(folder: string): Report {
  for (const [name, settings] of Object.entries(SETTINGS)) {
    const { terraform, ...stack } = synthesize(settings);
    delete terraform['required_version'];
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'cdk.tf.json'), JSON.stringify({ ...stack, terraform }));
  }
  const { stdout, stderr } = spawnSync(
    // The script's first line holds a path that may have a space, which the kernel doesn't take.
    join(referee!, 'bin/python3'),
    [
      join(referee!, 'bin/checkov'),
      '--directory',
      folder,
      '--framework',
      'terraform_json',
      '--skip-download',
      '--quiet',
      '--output',
      'json',
    ],
    { encoding: 'utf8', maxBuffer: 1e9 },
  );
  if (!stdout.startsWith('{')) throw new Error(`Checkov gave no report: ${stderr || stdout}`);
  return JSON.parse(stdout);
}

const settingIn = (settings: Record<string, unknown>, path: string) =>
  path
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], settings);

/** Whether an entry of declined.json declines the finding. If the entry's setting is made, there is nothing to decline. */
const declines = (entry: Declined, { check, settings, resource }: Finding): boolean =>
  entry.checks.includes(check) &&
  new RegExp(entry.on).test(resource) &&
  (entry.setting === undefined ||
    (settingIn(SETTINGS[settings]!, entry.setting) !== undefined) === (entry.onWhenSet ?? false));

describeWith(referee)('Checkov', () => {
  let report: Report;
  let findings: Finding[];

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'checkov-'));
    try {
      report = scan(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    findings = report.results.failed_checks.map(({ check_id, file_path, resource }) => ({
      check: check_id,
      settings: file_path.split('/')[1]!,
      resource: resource.replace(/^.*\./, '').replace(/_[0-9A-F]{8}$/, ''),
    }));
  }, 300_000);

  test('can read every stack, in each of which it passes hundreds of checks', () => {
    expect(report.summary.parsing_errors).toBe(0);
    expect(report.summary.passed).toBeGreaterThan(400 * Object.keys(SETTINGS).length);
  });

  test('finds nothing that declined.json does not decline with a reason', () => {
    expect(findings.filter((finding) => !DECLINED.some((entry) => declines(entry, finding)))).toEqual([]);
  });

  test('still finds what declined.json declines', () => {
    const unfound = DECLINED.flatMap((entry) =>
      entry.checks.filter(
        (check) => !findings.some((finding) => finding.check === check && declines(entry, finding)),
      ),
    );
    expect(unfound).toEqual([]);
  });
});
