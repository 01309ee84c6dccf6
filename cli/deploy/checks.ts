import { type ChosenEndpoint, chosenEndpoints, isOnThisMachine } from '../lib/aws/endpoints';
import type { Caller } from '../lib/aws/identity';
import type { Configuration } from '../lib/configuration';
import { checkExistingBucket, existingBucketIn, portsOf } from '../lib/existing-bucket';
import { checkAddresses } from './addresses';
import { checkCapacity, readCapacity } from './capacity';
import { whoDeploys } from './credentials';
import { type Finding, stop } from './finding';
import type { Stack } from './synthesized';
import { checkTerraform, terraformVersion } from './terraform';

/**
 * @param stack of the configuration
 * @returns what would go wrong, and who deploys, if the credentials say so
 */
export async function check(
  configuration: Configuration,
  stack: Stack,
): Promise<{ findings: Finding[]; caller?: Caller }> {
  const findings = [
    ...checkTerraform(terraformVersion(), stack.terraform),
    ...checkAddresses(stack),
    ...checkEndpoints(await chosenEndpoints(process.env)),
  ];
  const caller = await whoDeploys(stack.region);
  if ('level' in caller) return { findings: [...findings, caller] };
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
