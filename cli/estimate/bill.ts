import { charge, type PriceTable } from './prices';
import type { PricedStack } from './stack';
import { usage } from './usage';
import type { Usage, Workload } from './workload';

export interface Line extends Usage {
  usd: number;
}

/** @returns every line with what it costs in a month */
export function bill(stack: PricedStack, workload: Workload, prices: PriceTable): Line[] {
  const used = new Map<string, number>();
  return usage(stack, workload).map((line) => {
    // Lines of one price share its tiers.
    const before = used.get(line.price) ?? 0;
    used.set(line.price, before + line.quantity);
    const tiers = prices.tiers[line.price];
    return { ...line, usd: charge(tiers, before + line.quantity) - charge(tiers, before) };
  });
}

export function total(lines: Line[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}
