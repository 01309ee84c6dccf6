/** The estimate as text. */
import { bill, type Line, total } from './bill';
import type { Lever } from './levers';
import { PRICES, type PriceTable } from './prices';
import type { PricedStack } from './stack';
import { megapixels, variantsOf } from './work';
import { type Workload, withImages } from './workload';

const LEFT_OUT =
  'Left out: the free tier, discounts and tax; data that leaves AWS other than through CloudFront; retries, cold ' +
  'starts, deletions and versions that were replaced; what subscribers other than email cost.';

const ANIMATIONS =
  'Every image is priced as a still: encoding, storing and delivering the animated thumbnails of an animation costs as many ' +
  'times as much as it has frames.';

export function report(
  stack: PricedStack,
  workload: Workload,
  prices: PriceTable,
  lines: Line[],
  levers: Lever[],
): string {
  const { images, megabytes, failing, monthsKept } = workload;
  const preset = stack.presets[0]!;
  const ofPreset = `preset ${preset.name}: ${preset.variants.map(describe).join(', ')}`;
  return [
    `${number(images)} images a month in ${prices.region}, ${number(megabytes)} MB and about ${number(megapixels(stack, workload))} megapixels each, ${ofPreset}.`,
    `${number(failing * 100)} % fail; ${monthsKept === 1 ? 'one month' : `${number(monthsKept)} months`} of images kept.`,
    ...(workload.others > 0 ? [besides(stack, workload)] : []),
    ...(workload.heic > 0
      ? [
          `${number(workload.heic * 100)} % are HEIC, which takes longest to decode.${stack.acceptsHeic ? '' : ' These settings refuse it: this is what it costs once `accept` has "heic".'}`,
        ]
      : []),
    ...(stack.delivery ? [seenBy(stack, workload)] : []),
    ...(preset.variants.some(({ animated }) => animated) ? [ANIMATIONS] : []),
    '',
    ...table(lines),
    '',
    `An estimate, not an offer: list prices of ${prices.date} in USD, durations partly measured and partly assumed.`,
    LEFT_OUT,
    perMillion(stack, workload, prices),
    ...(levers.length > 0 ? ['', 'What would save most:'] : []),
    ...levers.map(({ setting, price, saves }) => `  ${setting} saves ${money(saves)} a month: ${price}.`),
  ].join('\n');
}

/**
 * What a million of these images would cost. It is a bill of its own, since what costs the same for any number of images is in
 * a bill once.
 */
function perMillion(stack: PricedStack, workload: Workload, prices: PriceTable): string {
  const cost = (images: number) => money(total(bill(stack, withImages(workload, images), prices)));
  return `A million such images a month would cost ${cost(1e6)}. Of that, ${cost(1)} is there with the first image.`;
}

function table(lines: Line[]): string[] {
  const rows = lines.map(({ service, what, price, quantity, usd }, index) => [
    lines[index - 1]?.service === service ? '' : service,
    what,
    number(quantity),
    PRICES[price].unit,
    money(usd),
  ]);
  const cells = [
    ['service', 'what', 'quantity', 'unit', 'USD a month'],
    ...rows,
    ['total', '', '', '', money(total(lines))],
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const right = new Set([2, 4]);
  return cells.map((row) =>
    row
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
}

function besides({ othersStart }: PricedStack, { others }: Workload): string {
  const effect = othersStart
    ? 'start an execution each, which ends at once'
    : 'cost nothing here: without `uploads.prefix` they start no execution';
  return `${number(others)} other objects a month ${effect}.`;
}

function seenBy(stack: PricedStack, { views, seen }: Workload): string {
  const onRequest = variantsOf(stack).lazy.length > 0;
  const made = onRequest ? `; ${number(seen * 100)} % of the images have their variants on request made` : '';
  return `${number(views)} thumbnails are seen a month, by viewers near ${stack.region}${made}.`;
}

function describe({
  width,
  height,
  format,
  lazy,
  animated,
}: PricedStack['presets'][number]['variants'][number]): string {
  return `${width ?? 'any'} x ${height ?? 'any'} ${format}${animated ? ' animated' : ''}${lazy ? ' on request' : ''}`;
}

/** Three digits that count: `1,234,567`, `12.3`, `0.0021`. */
function number(value: number): string {
  const digits = value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return value.toLocaleString('en-US', digits);
}

export function money(usd: number): string {
  return usd > 0 && usd < 0.005
    ? '< 0.01'
    : usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
