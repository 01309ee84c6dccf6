/** The checks of Terraform's `lifecycle` block. The rest of that block only matters when resources change. */

import type { Block } from './block';
import type { LookUp } from './expressions';
import { resolve } from './references';

const CHECKS = ['precondition', 'postcondition'];

interface Check {
  condition?: unknown;
  error_message?: unknown;
}

/** @param report takes the message of each check that fails, or the reason why it can't be evaluated */
export function reportChecks(
  block: Block,
  lifecycle: unknown,
  lookUp: LookUp,
  report: (problem: string) => void,
): void {
  const withSelf: LookUp = (reference) =>
    reference.address === 'self' ? block.attribute(reference.attribute) : lookUp(reference);
  for (const { condition, error_message } of CHECKS.flatMap((name) => checksOf(lifecycle, name))) {
    try {
      const holds = resolve(condition, withSelf);
      if (typeof holds !== 'boolean') {
        throw new Error(`Expected true or false for a condition but received ${JSON.stringify(holds)}`);
      }
      if (!holds) report(String(resolve(error_message, withSelf)));
    } catch (error) {
      report((error as Error).message);
    }
  }
}

/** Terraform JSON writes a block as an object, or as a list of them. */
function checksOf(lifecycle: unknown, name: string): Check[] {
  const [block] = [lifecycle].flat() as (Record<string, Check | Check[]> | undefined)[];
  return [block?.[name] ?? []].flat();
}
