import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { bill, total } from '../../cli/estimate/bill';
import { levers } from '../../cli/estimate/levers';
import measures from '../../cli/estimate/measures.json';
import { charge, PRICES, pricesOf, REGIONS } from '../../cli/estimate/prices';
import table from '../../cli/estimate/prices.json';
import { money, report } from '../../cli/estimate/report';
import { type PricedStack, pricedStack } from '../../cli/estimate/stack';
import { usage } from '../../cli/estimate/usage';
import type { Workload } from '../../cli/estimate/workload';
import { call } from './call';

// Synthesizes each settings file once, since most of the time goes there.
jest.mock('../../cli/lib/synthesize', () => {
  const actual = jest.requireActual<typeof import('../../cli/lib/synthesize')>('../../cli/lib/synthesize');
  const made = new Map<string, Promise<string>>();
  return {
    ...actual,
    synthesize(_folder: string, settings = '', someone?: string) {
      const key = JSON.stringify([settings, someone]);
      const folder = join(mkdtempSync(join(tmpdir(), 'estimated-')), 'synth');
      if (!made.has(key)) made.set(key, actual.synthesize(folder, settings, someone));
      return made.get(key);
    },
  };
});

const STACK: PricedStack = {
  region: 'us-east-1',
  presets: [{ name: 'default', variants: [{ width: 200, height: 200, format: 'same' }] }],
  maxPixels: 50_000_000,
  acceptsHeic: true,
  memoryMb: { validate: 512, thumbnail: 1769, 'store-metadata': 512, notify: 512, quarantine: 512 },
  provisioned: [],
  emails: { processed: 0, errors: 0 },
  events: false,
  logs: { executionData: true, retentionDays: 30 },
  tracing: true,
  pointInTimeRecovery: true,
  keys: 0,
  alarmMetrics: 0,
  dashboards: 0,
  delivery: false,
  api: false,
  othersStart: false,
};
const MILLION: Workload = {
  images: 1_000_000,
  others: 0,
  megabytes: 3,
  heic: 0,
  failing: 0,
  monthsKept: 1,
  views: 10_000_000,
  seen: 1,
};
const PRICE = pricesOf('us-east-1');

/** What a stack with endpoints has in addition. */
const ENDPOINTS = {
  delivery: true,
  memoryMb: { ...STACK.memoryMb, render: 1769, 'create-upload': 512, 'get-image': 512 },
};

const cost = (stack: Partial<PricedStack> = {}, workload: Partial<Workload> = {}, region = 'us-east-1') =>
  total(bill({ ...STACK, ...stack }, { ...MILLION, ...workload }, pricesOf(region)));

/** USD for one line. */
function line(what: string, stack: Partial<PricedStack> = {}, workload: Partial<Workload> = {}): number {
  const found = bill({ ...STACK, ...stack }, { ...MILLION, ...workload }, PRICE).find(
    (one) => one.what === what,
  );
  return found?.usd ?? 0;
}

describe('what a million images of 3 MB cost, worked out by hand', () => {
  test.each<[string, number, Partial<PricedStack>?, Partial<Workload>?]>([
    // 10 megapixels × 3.7 ms + 0.03 megapixels × 49 ms, 1.27 times that, and 90 ms of waiting: 138.86 ms of 1,769 MB.
    ['thumbnail', 1e6 * 0.1388569 * (1769 / 1024) * 0.0000133334],
    // Half of them HEIC: for each of 10 megapixels, (70 − 3.7) / 2 ms more, 1.27 times that.
    ['thumbnail', 1e6 * (0.1388569 + 0.802005) * (1769 / 1024) * 0.0000133334, {}, { heic: 0.5 }],
    // Half the memory means half the processor, so the work takes twice as long.
    [
      'thumbnail',
      1e6 * (0.09 + 0.0488569 * 2) * (884.5 / 1024) * 0.0000133334,
      { memoryMb: { ...STACK.memoryMb, thumbnail: 884.5 } },
    ],
    ['invocations', 4e6 * 0.0000002],
    ['executions', 1],
    // 1769/512 = 3.455 times 12, 6 and 8 ms of work: 91.5, 32.7, 72.6 and 138.9 ms, four states of 25 ms: 0.5 s.
    ['their duration', 1e6 * 0.5 * (64 / 1024) * 0.00001667],
    // The upload and one thumbnail; the head of the upload, and all of it.
    ['uploads, thumbnails written', 2e6 * 0.000005],
    ['reads', 2e6 * 0.0000004],
    ['originals and quarantine', (3e6 / 1024) * 0.023],
    // 200 × 150 pixels at 0.2 bytes.
    ['thumbnails', ((1e6 * 6000) / 1024 ** 3) * 0.023],
    // The claim and its index, the completion and its index, the note: 900 bytes are one unit each.
    ['writes', 5e6 * 0.000000625],
    ['records', ((1e6 * 900) / 1024 ** 3) * 0.25],
    ['point-in-time recovery', ((1e6 * 900) / 1024 ** 3) * 0.2],
    ['point-in-time recovery', 0, { pointInTimeRecovery: false }],
    ['messages', 0.5],
    ['emails', 40, { emails: { processed: 2, errors: 5 } }],
    ['emails', 9.9 * 4 + 0.1 * 10, { emails: { processed: 2, errors: 5 } }, { failing: 0.01 }],
    ['logs of executions', ((1e6 * 30_341) / 1024 ** 3) * 0.5],
    [
      'logs of executions',
      ((1e6 * 8954) / 1024 ** 3) * 0.5,
      { logs: { executionData: false, retentionDays: 30 } },
    ],
    // 30,341 bytes of the execution and 4 × 1,000 of its functions, 15 % of which are stored, for a month, for the three
    // months of the retention, and for the two that the images are kept.
    ['logs kept', ((1e6 * 34_341 * 0.15) / 1024 ** 3) * 0.03],
    [
      'logs kept',
      ((1e6 * 34_341 * 0.15 * 3) / 1024 ** 3) * 0.03,
      { logs: { executionData: true, retentionDays: 90 } },
      { monthsKept: 6 },
    ],
    [
      'logs kept',
      ((1e6 * 34_341 * 0.15 * 2) / 1024 ** 3) * 0.03,
      { logs: { executionData: true, retentionDays: 90 } },
      { monthsKept: 2 },
    ],
    ['alarms', 1.2, { alarmMetrics: 12 }],
    ['dashboard', 3, { dashboards: 1 }],
    ['events', 1, { events: true }],
    ['events', 0],
    // A million a month is less than one per second.
    ['traces', 5],
    ['traces', (2_628_000 + 0.05 * 7_372_000) * 0.000005, {}, { images: 10_000_000 }],
    ['traces', 0, { tracing: false }],
    // Below a prefix, two million other objects start an execution of 0.1 s each. Without one they start none.
    ['executions', 3, { othersStart: true }, { others: 2e6 }],
    ['executions', 1, {}, { others: 2e6 }],
    [
      'their duration',
      (1e6 * 0.5 + 2e6 * 0.1) * (64 / 1024) * 0.00001667,
      { othersStart: true },
      { others: 2e6 },
    ],
    [
      'logs of executions',
      ((1e6 * 30_341 + 2e6 * 6_740) / 1024 ** 3) * 0.5,
      { othersStart: true },
      { others: 2e6 },
    ],
    ['key', 1, { keys: 1 }],
    [
      'provisioned concurrency',
      2 * 730 * 3600 * 0.0000033334,
      { provisioned: [{ memoryMb: 1024, instances: 2 }] },
    ],
  ])('%s: %d', (...[what, usd, stack, workload]) => {
    expect(line(what, stack, workload)).toBeCloseTo(usd, 4);
  });

  test('originals that move to infrequent access after 30 days cost the lower price for five of six months', () => {
    const stack = { transition: { storageClass: 'STANDARD_IA' as const, afterDays: 30 } };
    const kept = { monthsKept: 6 };
    expect(line('originals, infrequently read', stack, kept)).toBeCloseTo((3e6 / 1024) * 5 * 0.0125, 4);
    expect(line('originals and quarantine', stack, kept)).toBeCloseTo((3e6 / 1024) * 0.023, 4);
    expect(line('transitions', stack, kept)).toBeCloseTo(10, 4);
    // S3 leaves objects of less than 128 KB where they are.
    expect(line('transitions', stack, { ...kept, megabytes: 127 / 1024 })).toBe(0);
    expect(line('transitions', stack, { ...kept, megabytes: 128 / 1024 })).toBeCloseTo(10, 4);
  });

  test('for a failing image, a copy in quarantine takes the place of the thumbnails', () => {
    expect(line('uploads, thumbnails written', {}, { failing: 1 })).toBeCloseTo(2e6 * 0.000005, 4);
    expect(line('originals and quarantine', {}, { failing: 0.1 })).toBeCloseTo((3e6 / 1024) * 1.1 * 0.023, 4);
    expect(line('thumbnail', {}, { failing: 1 })).toBe(0);
    expect(line('the other functions', {}, { failing: 1 })).toBeGreaterThan(0);
  });
});

describe('what the endpoints cost, worked out by hand', () => {
  const [small] = STACK.presets[0]!.variants;
  const lazy = { width: 1600, format: 'webp' as const, lazy: true };
  const both = { ...ENDPOINTS, presets: [{ name: 'web', variants: [small!, lazy] }] };
  // 1600 × 1200 pixels at 0.15 bytes.
  const large = 1600 * 1200 * 0.15;

  test.each<[string, number, Partial<PricedStack>?, Partial<Workload>?]>([
    ['requests', 1e7 * 0.000001],
    // Half of the views are of 200 × 150 pixels at 0.2 bytes.
    ['data', ((1e7 * (6000 + large)) / 2 / 1024 ** 3) * 0.085],
    ['reads of the CDN', 1e6 * 0.0000004],
    // 10 megapixels × 3.7 ms and 1.92 × 73 ms, 1.27 times that, and 150 ms of waiting: every image is decoded once more.
    ['render', 1e6 * (0.15 + 1.27 * (0.037 + 1.92 * 0.073)) * (1769 / 1024) * 0.0000133334],
    ['renderings written', 1e6 * 0.000005],
    ['originals read again', 6e6 * 0.0000004],
    ['renderings', ((1e6 * large) / 1024 ** 3) * 0.023],
    // 1,150 bytes are two units, written twice.
    ['renderings noted', 4e6 * 0.000000625],
    ['records read', 2e6 * 0.000000125],
    ['renderings written', 0.05 * 1e6 * 0.000005, {}, { seen: 0.05 }],
    ['renderings written', 0.5 * 1e6 * 0.000005, {}, { failing: 0.5 }],
    ['render', 0, { delivery: false }],
    ['requests', 0, { delivery: false, api: false }],
    // The upload and the variant made with it.
    ['uploads, thumbnails written', 2e6 * 0.000005],
    // One upload to sign and three status requests.
    ['requests', 4e6 * 0.000001, { delivery: false, api: true }],
    ['users asked for', 4e6 * 0.000000125, { api: true }],
    ['records asked for', 3e6 * 0.000000125, { api: true }],
    ['calls of the API', 4e6 * 0.0000002, { api: true }],
    [
      'API',
      (1e6 * (0.006 + 0.003 * (1769 / 512)) + 3e6 * (0.018 + 0.003 * (1769 / 512))) * 0.5 * 0.0000133334,
      { api: true },
    ],
  ])('%s: %d', (...[what, usd, stack, workload]) => {
    expect(line(what, { ...both, ...stack }, workload)).toBeCloseTo(usd, 4);
  });

  test('placeholders cost a decode only if there is none without them, and details make records longer', () => {
    const of = (variants: object[], more: object = {}) =>
      ({ ...ENDPOINTS, presets: [{ name: 'web', variants, ...more }] }) as Partial<PricedStack>;
    const asked = { placeholders: true };
    const perMs = (1e6 * 0.001 * 1769 * 0.0000133334) / 1024;
    const more = (variants: object[]) =>
      line('thumbnail', of(variants, asked)) - line('thumbnail', of(variants));
    expect(more([small!, lazy])).toBeCloseTo(7 * perMs, 4);
    // 10 megapixels × 3.7 ms × 1.27.
    expect(more([lazy])).toBeCloseTo((7 + 10 * 3.7 * 1.27) * perMs, 4);
    // 900 bytes of a record with one variant, 230 of placeholders and 200 of EXIF.
    const stored = (details: object) => line('records', of([lazy], details));
    expect(stored(asked) / stored({})).toBeCloseTo(1130 / 900);
    expect(stored({ ...asked, exif: ['gps'] }) / stored({})).toBeCloseTo(1330 / 900);
  });

  test('a variant costs less if it is made with the upload, unless few of its images are ever viewed', () => {
    const eager = { ...both, presets: [{ name: 'web', variants: [small!, { ...lazy, lazy: false }] }] };
    expect(cost(eager)).toBeLessThan(cost(both));
    expect(cost(eager)).toBeGreaterThan(cost(both, { seen: 0.1 }));
  });

  test('lines of one service are next to each other', () => {
    const services = bill({ ...STACK, ...both, api: true }, MILLION, PRICE).map(({ service }) => service);
    const changes = services.filter((service, n) => service !== services[n - 1]);
    expect(changes).toEqual([...new Set(services)]);
  });
});

describe('prices', () => {
  test('every region has every price, from a page of AWS, and a date', () => {
    expect(new Date(table.date).toISOString()).toContain(table.date);
    for (const [name, { source, usd }] of Object.entries(PRICES)) {
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w-]+\/pricing\//);
      if (typeof usd === 'object' && !Array.isArray(usd)) {
        expect(Object.keys(usd)).toEqual(REGIONS.filter((region) => !(region in table.sameAs)));
      }
      for (const region of REGIONS) {
        const tiers = pricesOf(region).tiers[name as keyof typeof PRICES];
        expect(tiers.every((tier) => tier.usd > 0)).toBe(true);
        expect(tiers.at(-1)!.upTo).toBeUndefined();
      }
    }
  });

  test('a region without prices is refused, and the message lists those with prices', () => {
    expect(() => pricesOf('sa-east-1')).toThrow(
      'Expected one of us-east-1, us-east-2, us-west-2, eu-west-1, eu-central-1 for the region but received "sa-east-1"',
    );
  });

  test('each part of a quantity is charged by its tier', () => {
    const tiers = [{ upTo: 10, usd: 3 }, { upTo: 30, usd: 2 }, { usd: 1 }];
    expect([0, 4, 10, 11, 30, 100].map((quantity) => charge(tiers, quantity))).toEqual([
      0, 12, 30, 32, 70, 140,
    ]);
  });

  test('lines of one price share its tiers', () => {
    // 51,200 GB at the first price; originals fill them, and the thumbnails cost the second price.
    const workload = { images: 20_000_000, megabytes: 2.62144 };
    expect(line('thumbnails', {}, workload)).toBeCloseTo(((2e7 * 6000) / 1024 ** 3) * 0.022, 4);
  });

  test('every measure says what it is based on', () => {
    const { note, ...rest } = measures;
    expect(note).toContain('assumed');
    for (const { basis } of Object.values(rest)) {
      expect(basis).toMatch(/^(measured|assumed|the same page)|^https:\/\/(docs\.)?aws\.amazon\.com\//);
    }
  });
});

describe('for any stack and workload', () => {
  const workload = fc.record({
    images: fc.integer({ min: 1, max: 1e9 }),
    others: fc.integer({ min: 0, max: 1e9 }),
    megabytes: fc.double({ min: 0.01, max: 50, noNaN: true }),
    heic: fc.double({ min: 0, max: 1, noNaN: true }),
    failing: fc.double({ min: 0, max: 1, noNaN: true }),
    monthsKept: fc.integer({ min: 1, max: 60 }),
    views: fc.integer({ min: 0, max: 1e9 }),
    seen: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const variant = fc.record({
    width: fc.integer({ min: 1, max: 4000 }),
    format: fc.constantFrom(
      'same' as const,
      'jpeg' as const,
      'webp' as const,
      'avif' as const,
      'png' as const,
    ),
    lazy: fc.boolean(),
  });
  const stack = fc
    .record({
      variants: fc.array(variant, { minLength: 1, maxLength: 5 }),
      memory: fc.integer({ min: 128, max: 10_240 }),
      retentionDays: fc.constantFrom(1, 30, 365),
      endpoints: fc.record({ delivery: fc.boolean(), api: fc.boolean() }),
    })
    .map(
      ({ variants, memory, retentionDays, endpoints }): PricedStack => ({
        ...STACK,
        ...endpoints,
        presets: [{ name: 'p', variants }],
        memoryMb: { ...STACK.memoryMb, ...ENDPOINTS.memoryMb, thumbnail: memory, render: memory },
        logs: { executionData: true, retentionDays },
      }),
    );
  const price = (one: PricedStack, load: Workload) => total(bill(one, load, PRICE));

  /** Allows for rounding in sums of many lines, not for errors in the model. */
  const atLeast = (more: number, less: number) => expect(more).toBeGreaterThanOrEqual(less * (1 - 1e-9));

  test('more images, larger images, or images kept longer never cost less', () => {
    fc.assert(
      fc.property(stack, workload, fc.double({ min: 1, max: 10, noNaN: true }), (one, load, factor) => {
        const now = price(one, load);
        atLeast(price(one, { ...load, images: load.images * factor }), now);
        atLeast(price(one, { ...load, megabytes: load.megabytes * factor }), now);
        atLeast(price(one, { ...load, monthsKept: load.monthsKept * factor }), now);
        atLeast(price(one, { ...load, views: load.views * factor }), now);
        atLeast(price(one, { ...load, seen: Math.min(1, load.seen * factor) }), now);
      }),
    );
  });

  test('a further variant, data in the logs, an address or a key never cost less', () => {
    fc.assert(
      fc.property(stack, workload, variant, (one, month, further) => {
        // A smaller variant would make the thumbnails that people view smaller.
        const load = { ...month, views: 0 };
        const now = price(one, load);
        const { variants } = one.presets[0]!;
        atLeast(price({ ...one, presets: [{ name: 'p', variants: [...variants, further] }] }, load), now);
        atLeast(now, price({ ...one, logs: { ...one.logs, executionData: false } }, load));
        atLeast(price({ ...one, emails: { processed: 1, errors: 1 } }, load), now);
        atLeast(price({ ...one, keys: 1 }, load), now);
      }),
    );
  });

  test('every quantity is a number and not negative', () => {
    fc.assert(
      fc.property(stack, workload, (one, load) => {
        for (const { quantity } of usage(one, load)) expect(quantity).toBeGreaterThan(0);
      }),
    );
  });
});

describe('what a million images would cost', () => {
  const alarmed = { ...STACK, ...ENDPOINTS, alarmMetrics: 40, dashboards: 1, keys: 1 };
  const thousand = { ...MILLION, images: 1_000, others: 20, views: 10_000, failing: 0.01 };
  const said = (workload: Workload) =>
    /^A million such images a month would cost ([\d,.]+)\. Of that, ([\d.]+) is there with/m
      .exec(report(alarmed, workload, PRICE, bill(alarmed, workload, PRICE), []))!
      .slice(1);

  test('is what the estimate for a million says, so that fixed costs are in it once', () => {
    const million = { ...MILLION, others: 20_000, failing: 0.01 };
    const [cost] = said(thousand);
    expect(cost).toBe(money(total(bill(alarmed, million, PRICE))));
    expect(said(million)[0]).toBe(cost);
    // Forty alarms, a dashboard, a key, eighteen metrics, and asking for a backlog.
    const [, fixed] = said(thousand);
    expect(Number(fixed)).toBeCloseTo(40 * 0.1 + 3 + 1 + 18 * 0.3 + 648_000 * 0.0000004, 1);
  });
});

test('settings that refuse HEIC are told so, if some of the uploads are', () => {
  const said = (acceptsHeic: boolean) =>
    report({ ...STACK, acceptsHeic }, { ...MILLION, heic: 0.4 }, PRICE, [], []);
  expect(said(true)).toContain('\n40 % are HEIC, which takes longest to decode.\n');
  expect(said(false)).toContain('decode. These settings refuse it: this is what it costs once `accept`');
});

describe('levers', () => {
  const rich: PricedStack = {
    ...STACK,
    presets: [
      {
        name: 'default',
        variants: [
          { width: 200, format: 'same' },
          { width: 1600, format: 'avif' },
        ],
      },
    ],
    emails: { processed: 3, errors: 0 },
  };

  test('are the three that save most, by exactly as much as the bill gets lower', () => {
    const found = levers(rich, MILLION, PRICE);
    expect(found.map(({ setting }) => setting)).toEqual([
      'notifications.processed: []',
      'presets: one variant less',
      'presets: webp instead of avif',
    ]);
    expect(found[0]!.saves).toBeCloseTo(60, 4);
    const without = { ...rich, presets: [{ name: 'default', variants: [rich.presets[0]!.variants[0]!] }] };
    const lost = total(bill(rich, MILLION, PRICE)) - total(bill(without, MILLION, PRICE));
    expect(found[1]!.saves).toBeCloseTo(lost, 6);
  });

  test('leave out settings that are made already and settings that save nothing', () => {
    const lean = {
      ...STACK,
      logs: { executionData: false, retentionDays: 30 },
      pointInTimeRecovery: false,
    };
    expect(levers(lean, MILLION, PRICE)).toEqual([]);
  });

  test('include a variant on request if few images are viewed, however many views there are', () => {
    const delivered = { ...rich, ...ENDPOINTS, emails: STACK.emails };
    const named = (seen: number) =>
      levers(delivered, { ...MILLION, seen }, PRICE, 9).map(({ setting }) => setting);
    expect(named(0.1)).toContain('presets: the largest variant "lazy"');
    expect(named(1)).not.toContain('presets: the largest variant "lazy"');
    const [saved] = levers(delivered, { ...MILLION, seen: 0.1 }, PRICE);
    expect(levers(delivered, { ...MILLION, seen: 0.1, views: 0 }, PRICE)[0]).toEqual(saved);
  });

  test('include tiering for images that are kept for a long time, and not for others', () => {
    const names = (monthsKept: number) =>
      levers(STACK, { ...MILLION, monthsKept }, PRICE).map(({ setting }) => setting);
    expect(names(24)).toContain('lifecycle.originals.transition: "INTELLIGENT_TIERING"');
    expect(names(1)).not.toContain('lifecycle.originals.transition: "INTELLIGENT_TIERING"');
  });
});

test('another region may cost more, and never nothing', () => {
  expect(cost({}, {}, 'us-west-2')).toBe(cost());
  expect(cost({}, {}, 'eu-central-1')).toBeGreaterThan(cost());
});

describe('npm run estimate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'estimate-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const estimate = (...args: string[]) => call('estimate', ...args);

  test('prices what the settings synthesize, in a table with a total', async () => {
    const settings = join(folder, 'settings.json');
    writeFileSync(
      settings,
      JSON.stringify({
        region: 'eu-west-1',
        accept: ['jpeg', 'heic'],
        uploads: { prefix: 'in/' },
        notifications: { processed: ['a@b.io', 'c@b.io'] },
        logs: { executionData: false },
        encryption: { customerManagedKey: true },
        presets: [
          { name: 'web', variants: [{ name: 'large', width: 1600, format: 'webp' }] },
          { name: 'mail', prefix: 'mail/', variants: [{ name: 'small', height: 90 }] },
        ],
      }),
    );
    const args = ['--images', '200000', '--avg-mb', '2.5', '--failing', '0', '--settings', settings];
    const { code, stdout } = await estimate(...args);
    expect(code).toBe(0);
    expect(stdout).toContain('200,000 images a month in eu-west-1, 2.5 MB');
    expect(stdout).toContain('preset web: 1600 x any webp.');
    // 200,000 images to two addresses, at 2 dollars for 100,000 emails.
    expect(stdout).toMatch(/emails +400,000 +email +8\.00\n/);
    expect(stdout).toMatch(/KMS +key +1 +key +1\.00\n/);
    const amounts = [...stdout.matchAll(/^ {0,}\S.* ([\d,]+\.\d\d|< 0\.01)$/gm)].map(([, text]) => text!);
    const numbers = amounts.map((text) => Number(text.replace('< 0.01', '0').replaceAll(',', '')));
    const sum = numbers.slice(0, -1).reduce((all, one) => all + one, 0);
    expect(Math.abs(sum - numbers.at(-1)!)).toBeLessThan(0.2);
    expect(stdout).toContain('Left out: the free tier');
    expect(stdout).toMatch(/\nTotal: [\d,.]+ USD a month\.\n$/);

    expect((await estimate(...args, '--preset', 'mail', '--region', 'us-east-1')).stdout).toContain(
      'in us-east-1, 2.5 MB and about 8.33 megapixels each, preset mail: any x 90 same.',
    );
    const besides = await estimate(...args, '--others', '1000000');
    expect(besides.stdout).toContain('1,000,000 other objects a month start an execution each');
    expect(besides.stdout).toMatch(/executions +1,200,000 +execution +1\.20\n/);
    expect((await estimate(...args, '--heic', '40')).stdout).toContain(
      '\n40 % are HEIC, which takes longest to decode.\n',
    );
    expect((await estimate(...args, '--preset', 'none')).stderr).toContain(
      'Expected one of web, mail for --preset',
    );
  }, 120_000);

  test('says which options it needs', async () => {
    expect(await estimate()).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^Expected --images N\.\n\nUsage: npm run estimate -- --images N --avg-mb M/,
      ),
    });
    expect((await estimate('--images', '10', '--avg-mb', 'x')).stderr).toContain(
      'Expected a number from 0.001 to 1024 for --avg-mb but received "x"',
    );
  }, 60_000);
});

test('what has a price is read from the synthesized JSON: alarms over several metrics count each', () => {
  const configuration = {
    terraform: {},
    provider: { aws: [{ region: 'us-east-1' }] },
    resource: {
      aws_lambda_function: {
        t: {
          filename: 'assets/x/thumbnail.zip',
          memory_size: 1769,
          environment: { variables: { PRESETS: '[]', ACCEPTED_FORMATS: 'jpeg', MAX_PIXELS: '5' } },
        },
      },
      aws_sfn_state_machine: {
        m: {
          definition: '{"States":{"Validate":{},"NotAnImage":{}}}',
          logging_configuration: { include_execution_data: false },
          tracing_configuration: { enabled: true },
        },
      },
      aws_cloudwatch_log_group: { l: { retention_in_days: 90 } },
      aws_dynamodb_table: { r: { point_in_time_recovery: { enabled: false } } },
      aws_cloudwatch_metric_alarm: {
        one: { metric_name: 'Errors' },
        ratio: { metric_query: [{ metric: {} }, { metric: {} }, { expression: 'a / b' }] },
      },
      aws_cloudwatch_dashboard: { d: {} },
      aws_s3_bucket_lifecycle_configuration: {
        u: { rule: [{}, { transition: [{ storage_class: 'STANDARD_IA', days: 40 }] }] },
      },
    },
  };
  expect(pricedStack(configuration)).toEqual({
    ...STACK,
    presets: [],
    maxPixels: 5,
    acceptsHeic: false,
    memoryMb: { thumbnail: 1769 },
    logs: { executionData: false, retentionDays: 90 },
    pointInTimeRecovery: false,
    alarmMetrics: 3,
    dashboards: 1,
    othersStart: true,
    transition: { storageClass: 'STANDARD_IA', afterDays: 40 },
  });
});
