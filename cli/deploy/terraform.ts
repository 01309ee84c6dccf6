import { spawnSync } from 'node:child_process';
import { type Finding, stop } from './finding';

const INSTALL = 'https://developer.hashicorp.com/terraform/install';

/** cdktf runs another program, such as `tofu`, if this variable names one. */
const BINARY = () => process.env['TERRAFORM_BINARY_NAME'] || 'terraform';

/** @returns the installed version, as `1.11.4`; undefined when there is none */
export function terraformVersion(): string | undefined {
  const { stdout, status } = spawnSync(BINARY(), ['version', '-json'], {
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1' },
  });
  if (status !== 0) return undefined;
  return (JSON.parse(stdout) as { terraform_version?: string }).terraform_version;
}

/**
 * @param installed the version, if any
 * @param least the oldest version that the stack allows
 */
export function checkTerraform(installed: string | undefined, least: string): Finding[] {
  if (installed === undefined) {
    return [
      stop(
        `Terraform was not found: no program "${BINARY()}" answers on the PATH. Install ${least} or newer: ${INSTALL}`,
      ),
    ];
  }
  return isOlder(installed, least)
    ? [stop(`Terraform is ${installed}, and the stack needs ${least} or newer: ${INSTALL}`)]
    : [];
}

function isOlder(installed: string, least: string): boolean {
  const [have, want] = [installed, least].map((version) => version.split(/[.-]/).map(Number));
  const differs = want!.findIndex((part, index) => part !== (have![index] ?? 0));
  return differs !== -1 && (have![differs] ?? 0) < want![differs]!;
}
