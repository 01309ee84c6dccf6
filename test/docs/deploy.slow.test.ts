import { difference } from '../../scripts/changes/difference';
import { WALKED } from '../../scripts/changes/settings';
import { withChanges } from '../../scripts/changes/table';
import { synthesize } from '../stacks/synthesized';
import { document } from './documents';

describe('the table of changes', () => {
  test('is up to date: run `npm run docs`', () => {
    expect(withChanges(document('deploy.md'), synthesize)).toBe(document('deploy.md'));
  });

  test('replaces nothing that holds data, unless it gets another name', () => {
    for (const { off, on, setting } of WALKED.filter(({ setting }) => setting !== 'namePrefix')) {
      const [there, back] = [
        difference(synthesize(off), synthesize(on)),
        difference(synthesize(on), synthesize(off)),
      ];
      expect([setting, there.replaced, back.replaced]).toEqual([setting, [], []]);
    }
  });
});
