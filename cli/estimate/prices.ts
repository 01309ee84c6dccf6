import table from './prices.json';

export type PriceName = keyof (typeof table)['prices'];

/** Prices by quantity: each applies up to `upTo` units in a month, the last one to all further units. */
export type Tier = { upTo?: number; usd: number };

export interface PriceTable {
  region: string;
  /** When the prices were looked up. */
  date: string;
  /** Tiers of one price, the lowest quantity first. */
  tiers: Record<PriceName, Tier[]>;
}

interface Entry {
  unit: string;
  source: string;
  usd: Amount | Record<string, Amount>;
}

type Amount = number | Tier[];

export const PRICES = table.prices as Record<PriceName, Entry>;
export const REGIONS = table.regions;

/** @throws Error that names the known regions, for any other region */
export function pricesOf(region: string): PriceTable {
  if (!REGIONS.includes(region)) {
    throw new Error(
      `Expected one of ${REGIONS.join(', ')} for the region but received "${region}": these are the only regions with known prices. --region picks one to compare with`,
    );
  }
  const column = (table.sameAs as Record<string, string>)[region] ?? region;
  const tiers = Object.entries(PRICES).map(([name, { usd }]) => {
    const amount = typeof usd === 'number' || Array.isArray(usd) ? usd : usd[column]!;
    return [name, typeof amount === 'number' ? [{ usd: amount }] : amount];
  });
  return { region, date: table.date, tiers: Object.fromEntries(tiers) };
}

/** @returns USD for a quantity in a month */
export function charge(tiers: Tier[], quantity: number): number {
  let from = 0;
  let usd = 0;
  for (const tier of tiers) {
    const upTo = tier.upTo ?? Number.POSITIVE_INFINITY;
    usd += Math.max(0, Math.min(quantity, upTo) - from) * tier.usd;
    from = upTo;
  }
  return usd;
}
