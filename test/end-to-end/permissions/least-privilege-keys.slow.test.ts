/** With a key of the stack's own. */
import { SETTINGS } from '../../fixtures/settings';
import { testGrants } from './grants';

/**
 * `s3:GetObject` covers both reading an object and reading only its headers, and reading headers needs no key here. These
 * two roles only read headers, but they have the grant for the key all the same: AWS's documentation mentions keys for
 * HeadObject only together with checksums.
 */
const ONLY_LOOK = ['remove', 'store-metadata'].map((name) =>
  expect.stringMatching(`^secret-${name}-us-east-1 DecryptThroughTheService kms:Decrypt on .* via s3\\.`),
);

testGrants(SETTINGS['kms'], ONLY_LOOK);
