import { grantLine, runEverySituation } from './situations';

/**
 * Every grant of the stack is needed, and everything that is needed is granted.
 *
 * @param settings of the stack; those of the project by default
 * @param unneeded what is granted all the same, as `grantLine` writes it
 */
export function testGrants(settings?: object, unneeded: unknown[] = []): void {
  const { workflow, step } = runEverySituation({ settings });

  step('no permission was missing', () => {
    expect(workflow().permissions.denied).toEqual([]);
  });

  step('every permission was needed', () => {
    expect(workflow().permissions.unneeded.map(grantLine)).toEqual(unneeded);
  });

  step('only what AWS itself does with a role was not tried', () => {
    const { notRunLocally } = workflow().permissions;
    expect(new Set(notRunLocally.map(({ action }) => action.split(':')[0]))).toEqual(
      new Set(['logs', 'xray']),
    );
  });
}
