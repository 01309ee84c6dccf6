import { SETTINGS } from '../../fixtures/settings';
import { grantLine, runEverySituation } from './situations';

/**
 * `s3:GetObject` covers both reading an object and reading only its headers, and reading headers needs no key here. These
 * two roles only read headers, but they have the grant for the key all the same: AWS's documentation mentions keys for
 * HeadObject only together with checksums.
 */
const ONLY_LOOK = ['remove', 'store-metadata'].map((name) =>
  expect.stringMatching(`^secret-${name}-us-east-1 DecryptThroughTheService kms:Decrypt on .* via s3\\.`),
);

/**
 * Every grant of the stack is needed, and everything that is needed is granted, both with AWS's keys and with the stack's
 * own.
 */
describe.each<[name: string, settings: object | undefined, unneeded: string[]]>([
  ['the settings of the project', undefined, []],
  ['settings/kms.json', SETTINGS['kms'], ONLY_LOOK],
])('with %s', (_, settings, unneeded) => {
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
});
