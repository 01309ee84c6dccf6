import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Result, UsageError } from '../lib/command';
import { readConfiguration } from '../lib/configuration';
import { synthesize } from '../lib/synthesize';
import { bill, total } from './bill';
import { levers } from './levers';
import { pricesOf } from './prices';
import { money, report } from './report';
import { type PricedStack, pricedStack } from './stack';

interface Values {
  images: number;
  'avg-mb': number;
  others: number;
  /** Percent. */
  heic: number;
  /** Percent. */
  failing: number;
  'kept-months': number;
  views?: number;
  /** Percent. */
  seen: number;
  preset?: string;
  region?: string;
  settings?: string;
}

export async function estimateCosts(values: Values): Promise<Result> {
  const { images, views = 10 * images } = values;
  const workload = {
    images,
    others: values.others,
    megabytes: values['avg-mb'],
    heic: values.heic / 100,
    failing: values.failing / 100,
    monthsKept: values['kept-months'],
    views,
    seen: values.seen / 100,
  };
  const stack = withPreset(await synthesizedStack(values.settings), values.preset);
  const prices = pricesOf(values.region ?? stack.region);
  const lines = bill(stack, workload, prices);
  console.log(report(stack, workload, prices, lines, levers(stack, workload, prices)));
  return { ok: true, summary: `Total: ${money(total(lines))} USD a month.` };
}

/** What the settings make, in a folder that goes again. */
export async function synthesizedStack(settings?: string): Promise<PricedStack> {
  const folder = mkdtempSync(path.join(tmpdir(), 'estimate-'));
  try {
    return pricedStack(readConfiguration(await synthesize(folder, settings, '')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the stack with that preset as its first */
function withPreset(stack: PricedStack, name: string | undefined): PricedStack {
  if (name === undefined) return stack;
  const preset = stack.presets.find((candidate) => candidate.name === name);
  if (preset) return { ...stack, presets: [preset] };
  const names = stack.presets.map((candidate) => candidate.name).join(', ');
  throw new UsageError(`Expected one of ${names} for --preset but received "${name}"`);
}
