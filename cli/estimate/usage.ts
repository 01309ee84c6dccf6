/** How much a month of images uses of everything that has a price. Pure arithmetic over the stack and what was measured. */
import { executions, functions } from './compute';
import { apiUsage, deliveryUsage } from './endpoints';
import { encryption, messages, observability } from './operations';
import type { PricedStack } from './stack';
import { objects, records } from './storage';
import type { Usage, Workload } from './workload';

/** @param stack with the preset that all images use as its first */
export function usage(stack: PricedStack, workload: Workload): Usage[] {
  const lines = [
    ...functions(stack, workload),
    ...executions(stack, workload),
    ...objects(stack, workload),
    ...records(stack, workload),
    ...messages(stack, workload),
    ...observability(stack, workload),
    ...encryption(stack, workload),
    ...deliveryUsage(stack, workload),
    ...apiUsage(stack, workload),
  ].filter(({ quantity }) => quantity > 0);
  const services = lines.map(({ service }) => service);
  return lines.toSorted((one, other) => services.indexOf(one.service) - services.indexOf(other.service));
}
