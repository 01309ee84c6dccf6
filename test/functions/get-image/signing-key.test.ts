import {
  AGAIN_AFTER,
  KEPT_FOR,
  keep,
  type SigningKey,
  signingKey,
} from '../../../functions/get-image/signing-key';
import { fingerprintOf } from '../../../stacks/settings/signing';
import { keyPair } from '../../fixtures/key-pair';

const one = keyPair();
const other = keyPair();
const keyIds = { [fingerprintOf(other.publicKey)]: 'KOTHER', [fingerprintOf(one.publicKey)]: 'KONE' };

test('the private key says which of the trusted keys it belongs to', () => {
  expect(signingKey(one.privateKey, keyIds, '/key')).toEqual({
    keyPairId: 'KONE',
    privateKey: one.privateKey,
  });
  expect(signingKey(other.privateKey, keyIds, '/key').keyPairId).toBe('KOTHER');
});

test('a key that the CDN does not trust is refused, with its fingerprint', () => {
  const stranger = keyPair();
  expect(() => signingKey(stranger.privateKey, keyIds, '/key')).toThrow(
    `one of delivery.signing.publicKeys (${Object.keys(keyIds).join(', ')}) but received the key of another (${fingerprintOf(stranger.publicKey)})`,
  );
});

test.each([
  ['nothing', ''],
  ['a public key', one.publicKey],
  ['half a key', one.privateKey.slice(0, 900)],
  ['another secret', 'hunter2-hunter2'],
])('%s is no private key, and the message does not show it', (_, value) => {
  const reading = () => signingKey(value, keyIds, '/team/key');
  expect(reading).toThrow('Expected the parameter /team/key to hold a private key in PEM');
  expect(reading).not.toThrow(/hunter2|MII/);
  if (!value.includes('PRIVATE')) expect(reading).toThrow('can\'t read it: no "PRIVATE KEY" in it');
});

describe('an instance', () => {
  const keyOf = (keyPairId: string): SigningKey => ({ keyPairId, privateKey: '' });
  let now = 0;
  let warn: jest.SpyInstance;
  beforeEach(() => {
    now = 0;
    warn = jest.spyOn(console, 'warn').mockImplementation();
  });
  afterEach(() => warn.mockRestore());

  test('reads the key once, and again after a while, so that it notices a new one', async () => {
    let reads = 0;
    const read = jest.fn(async () => keyOf(`K${++reads}`));
    const current = keep(read, () => now);
    expect(await current()).toEqual(keyOf('K1'));
    now = KEPT_FOR - 1;
    expect(await current()).toEqual(keyOf('K1'));
    expect(read).toHaveBeenCalledTimes(1);
    now = KEPT_FOR;
    expect(await current()).toEqual(keyOf('K2'));
  });

  test('goes on with the old key if the new one cannot be used, and tries again soon', async () => {
    let works = true;
    let reads = 0;
    const read = jest.fn(async () => {
      reads++;
      if (!works) throw new Error('not trusted');
      return keyOf(`K${reads}`);
    });
    const current = keep(read, () => now);
    await current();
    works = false;
    now = KEPT_FOR;
    expect(await current()).toEqual(keyOf('K1'));
    expect(warn).toHaveBeenCalledWith('The earlier key goes on signing: not trusted');
    now += AGAIN_AFTER - 1;
    await current();
    expect(read).toHaveBeenCalledTimes(2);
    works = true;
    now += 1;
    expect(await current()).toEqual(keyOf('K3'));
  });

  test('that never got a key fails, and reads again at the next request', async () => {
    let works = false;
    const current = keep(
      async () => {
        if (!works) throw new Error('no parameter');
        return keyOf('K1');
      },
      () => now,
    );
    await expect(current()).rejects.toThrow('no parameter');
    works = true;
    expect(await current()).toEqual(keyOf('K1'));
  });
});
