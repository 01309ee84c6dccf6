import { SETTINGS } from '../../fixtures/settings';
import { grantLine, runEverySituation } from './situations';

/**
 * `s3:GetObject` is to read an object or only to look at its headers, and what these two look at takes no key here. They
 * hold it all the same: AWS's documentation says nothing of keys and HeadObject but where it is asked for a checksum.
 */
const ONLY_LOOK = ['remove', 'store-metadata'].map((name) =>
  expect.stringMatching(`^secret-${name}-us-east-1 DecryptThroughTheService kms:Decrypt on .* via s3\\.`),
);

/** Every grant of the stack is needed and every need is granted, with the keys of AWS and with a key of its own. */
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
