import fc from 'fast-check';
import type { ImageRecord, Status } from '../../../../contract/record';
import type { Update } from '../../../../functions/lib/records/updates';
import { claim, complete, fail, tombstone } from '../../../../functions/lib/records/updates';
import { EXECUTION, imageOf, NOW, sourceAt, thumbnailOf } from '../../support';
import { type RecordsTable, recordsTable } from '../../table';

export let table: RecordsTable;

export type Step = { version: number; does: 'claim' | 'complete' | 'fail' | 'delete' };

/** The sequencer that belongs to a deletion; the others belong to uploads. */
const DELETION = 3;

export function update({ version, does }: Step, key: string): Update {
  const source = sourceAt(version, { key });
  switch (does) {
    case 'claim':
      return claim(imageOf(source), [`${key}/${version}`], EXECUTION, NOW);
    case 'complete':
      return complete(imageOf(source), { items: [thumbnailOf(source)] }, EXECUTION, NOW);
    case 'fail':
      return fail(
        source,
        { error: { name: 'CorruptImage', message: 'broken' }, quarantine: null },
        EXECUTION,
        NOW,
      );
    case 'delete':
      return tombstone(source, EXECUTION, NOW, 14);
  }
}

/** The result of the steps of one version: DONE if it was ever completed, otherwise the last step. */
function outcomeOf(steps: Step[]): Status {
  if (steps[0]?.does === 'delete') return 'DELETED';
  if (steps.some(({ does }) => does === 'complete')) return 'DONE';
  return steps.at(-1)?.does === 'fail' ? 'FAILED' : 'PROCESSING';
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record<Step>({
      version: fc.constantFrom(1, 2, 4),
      does: fc.constantFrom('claim', 'complete', 'fail'),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ version: DELETION, does: 'delete' }) },
);

/** Declares a test of orders that are drawn at random, and opens the table. */
export function testAnyOrder(numRuns: number): void {
  beforeAll(async () => {
    table = await recordsTable();
  });
  afterAll(() => table.close());

  test('any order with any duplicates ends with the outcome of the newest version, and nothing undoes DONE', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const key = `uploads/${run++}.jpg`;
        let before: ImageRecord | null = null;
        for (const next of steps) {
          await table.records.apply(update(next, key));
          const after: ImageRecord | null = await table.get(sourceAt(1, { key }));
          if (before?.status === 'DONE' && before.sequencer === after?.sequencer) {
            expect(after.status).toBe('DONE');
          }
          expect(after && before && after.sequencer < before.sequencer).toBeFalsy();
          before = after;
        }
        const newest = Math.max(...steps.map(({ version }) => version));
        expect(before).toMatchObject({
          sequencer: sourceAt(newest).sequencer,
          version: sourceAt(newest).version,
          status: outcomeOf(steps.filter(({ version }) => version === newest)),
        });
      }),
      { numRuns },
    );
  });
}
