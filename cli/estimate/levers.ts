/** Changes of settings that would lower the bill, and what each gives up. */
import { bill, total } from './bill';
import type { PriceTable } from './prices';
import type { PricedStack } from './stack';
import { variantsOf } from './work';
import type { Workload } from './workload';

export interface Lever {
  /** The setting and its other value. */
  setting: string;
  /** What it gives up. */
  price: string;
  /** USD a month. */
  saves: number;
}

interface Change {
  setting: string;
  price: string;
  /** @returns the stack with the setting changed; undefined if it is so already */
  apply(stack: PricedStack): PricedStack | undefined;
}

const CHANGES: Change[] = [
  {
    setting: 'logs.executionData: false',
    price: 'the graph of an execution then shows its states without what went in and out',
    apply: (stack) =>
      stack.logs.executionData ? { ...stack, logs: { ...stack.logs, executionData: false } } : undefined,
  },
  {
    setting: 'notifications.processed: []',
    price: 'nobody gets a mail for each image; other subscribers of the topic still do',
    apply: (stack) =>
      stack.emails.processed > 0 ? { ...stack, emails: { ...stack.emails, processed: 0 } } : undefined,
  },
  {
    setting: 'presets: webp instead of avif',
    price: 'the files are larger',
    apply: (stack) => withVariants(stack, (variants) => variants.map(avifToWebp)),
  },
  {
    setting: 'presets: one variant less',
    price: 'the largest one is no longer made',
    apply: (stack) =>
      stack.presets[0]!.variants.length > 1
        ? withVariants(stack, (variants) =>
            variants.toSorted((one, other) => side(other) - side(one)).slice(1),
          )
        : undefined,
  },
  {
    setting: 'presets: the largest variant "lazy"',
    price: 'its first viewer waits for a second',
    apply: (stack) => {
      if (!stack.delivery) return undefined;
      const [largest] = variantsOf(stack).eager.toSorted((one, other) => side(other) - side(one));
      if (!largest) return undefined;
      // The stack may have no render function yet; it would be as large as thumbnail.
      const memoryMb = { render: stack.memoryMb['thumbnail']!, ...stack.memoryMb };
      return withVariants({ ...stack, memoryMb }, (variants) =>
        variants.map((variant) => (variant === largest ? { ...variant, lazy: true } : variant)),
      );
    },
  },
  {
    setting: 'lifecycle.originals.transition: "INTELLIGENT_TIERING"',
    price: 'nothing, for objects of 128 KB or more that are kept for months',
    apply: (stack) =>
      stack.transition
        ? undefined
        : { ...stack, transition: { storageClass: 'INTELLIGENT_TIERING', afterDays: 0 } },
  },
  {
    setting: 'no provisionedConcurrency',
    price: 'the first images after a pause wait for a cold start',
    apply: (stack) => (stack.provisioned.length > 0 ? { ...stack, provisioned: [] } : undefined),
  },
  {
    setting: 'pointInTimeRecovery: false',
    price: 'a table that was damaged cannot be restored',
    apply: (stack) => (stack.pointInTimeRecovery ? { ...stack, pointInTimeRecovery: false } : undefined),
  },
  {
    setting: 'encryption.customerManagedKey: false',
    price: 'AWS keeps the keys',
    apply: (stack) => (stack.keys > 0 ? { ...stack, keys: 0 } : undefined),
  },
];

type Variants = PricedStack['presets'][number]['variants'];

function withVariants(stack: PricedStack, change: (variants: Variants) => Variants): PricedStack {
  const [first, ...rest] = stack.presets;
  return { ...stack, presets: [{ ...first!, variants: change(first!.variants) }, ...rest] };
}

const avifToWebp = (variant: Variants[number]): Variants[number] =>
  variant.format === 'avif' ? { ...variant, format: 'webp' } : variant;

const side = ({ width = 0, height = 0 }: Variants[number]) => Math.max(width, height);

/** @returns the levers that save most, the largest first */
export function levers(stack: PricedStack, month: Workload, prices: PriceTable, most = 3): Lever[] {
  // People see the same number of thumbnails in any case, so views are left out of the comparison.
  const workload = { ...month, views: 0 };
  const now = total(bill(stack, workload, prices));
  return CHANGES.flatMap(({ setting, price, apply }) => {
    const changed = apply(stack);
    const saves = changed ? now - total(bill(changed, workload, prices)) : 0;
    return saves >= 0.01 ? [{ setting, price, saves }] : [];
  })
    .sort((one, other) => other.saves - one.saves)
    .slice(0, most);
}
