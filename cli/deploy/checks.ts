import path from 'node:path';
import { type ChosenEndpoint, chosenEndpoints, isOnThisMachine } from '../lib/aws/endpoints';
import type { Caller } from '../lib/aws/identity';
import type { Configuration } from '../lib/configuration';
import { checkExistingBucket, existingBucketIn, portsOf } from '../lib/existing-bucket';
import { readLocalState, readState } from '../lib/state';
import { checkAddresses } from './addresses';
import { checkCapacity, readCapacity } from './capacity';
import { checkChanges } from './changes';
import { whoDeploys } from './credentials';
import { type Finding, note, stop } from './finding';
import type { Stack } from './synthesized';
import { checkTerraform, terraformVersion } from './terraform';

/**
 * What any command of cdktf should know before it begins. It takes nothing but this machine.
 *
 * @param folder of `cdk.tf.json`
 */
export async function checkOffline(
  configuration: Configuration,
  stack: Pick<Stack, 'emails'>,
  folder: string,
): Promise<Finding[]> {
  const { local } = configuration.terraform.backend ?? {};
  return [
    ...checkAddresses(stack),
    ...checkEndpoints(await chosenEndpoints(process.env)),
    ...(local ? checkChanges(configuration, readLocalState(path.resolve(folder, local.path))) : []),
  ];
}

/**
 * @param stack of the configuration
 * @param folder of `cdk.tf.json`
 * @returns what would go wrong, and who deploys, if the credentials say so
 */
export async function check(
  configuration: Configuration,
  stack: Stack,
  folder: string,
): Promise<{ findings: Finding[]; caller?: Caller }> {
  const findings = [
    ...checkTerraform(terraformVersion(), stack.terraform),
    ...(await checkOffline(configuration, stack, folder)),
  ];
  const caller = await whoDeploys(stack.region);
  if ('level' in caller) return { findings: [...findings, caller] };
  findings.push(...(await checkRemoteState(configuration, folder)));
  const names = stack.functions.map(({ name }) => name);
  const capacity = await readCapacity(stack.region, names);
  findings.push(...('level' in capacity ? [capacity] : checkCapacity(stack, capacity)));
  const existing = existingBucketIn(configuration);
  if (existing) {
    const bucket = { ...existing, account: caller.account };
    findings.push(...(await checkExistingBucket(bucket, portsOf(bucket))));
  }
  return { findings, caller };
}

/** The same as offline for a state in S3, which takes credentials. */
async function checkRemoteState(configuration: Configuration, folder: string): Promise<Finding[]> {
  if (!configuration.terraform.backend?.s3) return [];
  try {
    return checkChanges(configuration, await readState(configuration, folder));
  } catch (error) {
    return [
      note(
        `${(error as Error).message}. So it was not checked what this deploy would replace: read Terraform's plan.`,
      ),
    ];
  }
}

/** Terraform and the SDK, too, follow the settings that point the AWS CLI at the engine on this machine. */
export function checkEndpoints(chosen: readonly ChosenEndpoint[]): Finding[] {
  return chosen
    .filter(({ url }) => isOnThisMachine(url))
    .map(({ by, url }) =>
      stop(
        `${by} is ${url}, which is on this machine, so not all calls would reach AWS. Unset it to deploy.`,
      ),
    );
}
