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
  const workflow = runEverySituation({ settings });

  test('all of that was allowed', () => {
    expect(workflow().permissions.denied).toEqual([]);
  });

  test('and nothing else is', () => {
    expect(workflow().permissions.unneeded.map(grantLine)).toEqual(unneeded);
  });

  test('but what AWS itself does with a role', () => {
    const { notRunLocally } = workflow().permissions;
    expect(new Set(notRunLocally.map(({ action }) => action.split(':')[0]))).toEqual(
      new Set(['logs', 'xray']),
    );
  });
});
