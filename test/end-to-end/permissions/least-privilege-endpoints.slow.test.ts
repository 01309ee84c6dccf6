/** With signatures for the API, one bucket, and a key that the stack creates. */
import { testEndpointGrants } from './endpoint-grants';

/**
 * GetImage only reads the headers of an upload. It has this grant for the same reason as Remove and StoreMetadata:
 * least-privilege-keys.slow.test.ts.
 */
const ONLY_LOOKS = expect.stringMatching(
  /^secret-doors-get-image-us-east-1 DecryptThroughTheService kms:Decrypt on .* via s3\./,
);

testEndpointGrants('delivery-iam-kms', [ONLY_LOOKS]);
