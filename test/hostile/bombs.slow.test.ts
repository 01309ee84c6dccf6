/** The files of bombs.test.ts that take seconds each. */
import { heavyHazards } from './catalogue';
import { expectOutcome } from './outcome';
import { Sandbox } from './sandbox';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

describe('each hostile file has the right outcome, within its limits of time and memory', () => {
  test.each(heavyHazards)('$name: $outcome', (hazard) => expectOutcome(sandbox, hazard));

  test('there is each of the heavy ones', () => {
    expect(heavyHazards).toHaveLength(7);
  });
});
