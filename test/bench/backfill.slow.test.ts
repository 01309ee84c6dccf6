import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beside, besideTable, runsTable, simulate } from '../../bench/backfill';

const page = readFileSync(path.join(__dirname, '../../docs/scale.md'), 'utf8');

test('docs/scale.md has the tables of the simulation', () => {
  expect(page).toContain(runsTable());
  expect(page).toContain(besideTable());
});

test('a billion objects take more than one Map Run, and more concurrency stops helping where another limit binds', () => {
  const billion = simulate({ objects: 1e9, made: 1, concurrency: 500 });
  expect(billion.runs).toBe(10);
  const [many, more] = [5_000, 50_000].map((concurrency) =>
    simulate({ objects: 1e9, made: 1, concurrency, inventory: true }),
  );
  expect(more!.limit).not.toBe('`backfill.concurrency`');
  expect(more!.hours).toBeGreaterThan(many!.hours / 10);
});

test('what is left alone costs a small part of what is made', () => {
  const [made, none] = [1, 0].map((share) => simulate({ objects: 1e6, made: share, concurrency: 50 }));
  expect(none!.usd).toBeLessThan(made!.usd / 10);
});

test('uploads keep their latency beside a backfill of half of the concurrency, and not beside one of all of it', () => {
  const [alone, half, all] = [0, 500, 920].map((backfill) =>
    beside({ account: 1_000, backfill, uploads: 20 }),
  );
  expect(half!.p99).toBe(alone!.p99);
  expect(all!.p99).toBeGreaterThan(10 * alone!.p99);
});
