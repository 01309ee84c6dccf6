import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command, parse, UsageError } from '../lib/arguments';
import { readConfiguration } from '../lib/configuration';
import { synthesize } from '../lib/synthesize';
import { bill } from './bill';
import { levers } from './levers';
import { pricesOf } from './prices';
import { report } from './report';
import { type PricedStack, pricedStack } from './stack';

const USAGE = `Usage: npm run estimate -- --images N --avg-mb M [OPTIONS]

Estimates what the stack costs in a month, from its settings and a table of list prices.

  --images N        uploads in a month
  --avg-mb M        their size in MB, on average
  --failing P       percent of them that fail  (default: 1)
  --kept-months K   months for which images are kept  (default: 1)
  --views N         thumbnails that people see in a month, with delivery  (default: 10 for each image)
  --seen P          percent of the images whose variants on request are ever asked for  (default: 100)
  --preset NAME     preset that the images use  (default: the first)
  --region R        prices of another region than that of the settings
  --settings FILE   settings file  (default: settings.json, or SETTINGS)

Exit status: 0 done, 1 something is wrong with the settings or the region, 2 wrong usage.`;

command(USAGE, async () => {
  const { values } = parse({
    images: { type: 'string' },
    'avg-mb': { type: 'string' },
    failing: { type: 'string', default: '1' },
    'kept-months': { type: 'string', default: '1' },
    views: { type: 'string' },
    seen: { type: 'string', default: '100' },
    preset: { type: 'string' },
    region: { type: 'string' },
    settings: { type: 'string' },
  });
  const images = within(values.images, '--images', 1, 1e12);
  const workload = {
    images,
    megabytes: within(values['avg-mb'], '--avg-mb', 0.001, 1024),
    failing: within(values.failing, '--failing', 0, 100) / 100,
    monthsKept: within(values['kept-months'], '--kept-months', 1, 1200),
    views: values.views === undefined ? 10 * images : within(values.views, '--views', 0, 1e15),
    seen: within(values.seen, '--seen', 0, 100) / 100,
  };
  const stack = withPreset(await synthesized(values.settings), values.preset);
  const prices = pricesOf(values.region ?? stack.region);
  const lines = bill(stack, workload, prices);
  console.log(report(stack, workload, prices, lines, levers(stack, workload, prices)));
  return 0;
});

/** What the settings make, in a folder that goes again. */
async function synthesized(settings: string | undefined): Promise<PricedStack> {
  const folder = mkdtempSync(path.join(tmpdir(), 'estimate-'));
  try {
    return pricedStack(readConfiguration(await synthesize(folder, settings)));
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

/** @throws UsageError when it is no number from `least` to `most` */
function within(text: string | undefined, option: string, least: number, most: number): number {
  const value = text?.trim() ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `Expected a number from ${least} to ${most} for ${option} but received ${text === undefined ? 'nothing' : `"${text}"`}`,
  );
}
