import addresses from './addresses.expected.json';
import { SIGNED_API, WITH_API } from './endpoints';
import { synthesize, type TerraformJson } from './synthesized';

const addressesOf = ({ resource }: TerraformJson) =>
  Object.entries(resource)
    .flatMap(([type, blocks]) => Object.keys(blocks).map((name) => `${type}.${name}`))
    .sort();

/**
 * Terraform replaces a resource whose address changes: a bucket or the table with everything in it. If this fails, move
 * the construct back, or add a `moved` block and say so in CHANGELOG.md.
 */
test.each([
  ['the defaults', {}, addresses.defaults],
  [
    'every endpoint, a key and addresses to notify',
    {
      ...WITH_API,
      encryption: { customerManagedKey: true },
      notifications: { processed: ['a@example.com'] },
      functions: { thumbnail: { provisionedConcurrency: 1 } },
    },
    addresses.everything,
  ],
])('the address of every resource stays the same, with %s', (_, settings, expected) => {
  expect(addressesOf(synthesize(settings))).toEqual(expected);
});

test('signed URLs add resources, and move none', () => {
  const [before, after] = [addressesOf(synthesize(WITH_API)), addressesOf(synthesize(SIGNED_API))];
  expect(before.filter((address) => !after.includes(address))).toEqual([]);
  expect(after.filter((address) => !before.includes(address))).toEqual(addresses.signed);
});
