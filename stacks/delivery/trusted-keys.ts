import { CloudfrontKeyGroup } from '@cdktf/provider-aws/lib/cloudfront-key-group';
import { CloudfrontPublicKey } from '@cdktf/provider-aws/lib/cloudfront-public-key';
import { Construct } from 'constructs';
import { RELEASED_BEFORE_DESTROYED } from '../release-first';
import { canonical, fingerprintOf } from '../settings/signing';

export interface TrustedKeysProps {
  /** Name of the resources that are global to the account. */
  readonly name: string;
  /** In PEM. */
  readonly publicKeys: readonly string[];
}

/** Characters of a fingerprint that tell the keys of one stack apart. */
const SHORT = 12;

/**
 * The keys whose owners may let viewers in.
 *
 * Each key has an address and a name of its own, made from its fingerprint: a key that comes or goes, or moves in the list,
 * replaces no other.
 */
export class TrustedKeys extends Construct {
  readonly groupId: string;
  /** The id that CloudFront gives each key, by its fingerprint. */
  readonly ids: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { name, publicKeys }: TrustedKeysProps) {
    super(scope, id);
    this.ids = Object.fromEntries(
      publicKeys.map((pem) => {
        const fingerprint = fingerprintOf(pem);
        const short = fingerprint.slice(0, SHORT);
        const key = new CloudfrontPublicKey(this, `key-${short}`, {
          name: `${name}-viewers-${short}`,
          encodedKey: canonical(pem),
          lifecycle: RELEASED_BEFORE_DESTROYED,
        });
        return [fingerprint, key.id];
      }),
    );
    const group = new CloudfrontKeyGroup(this, 'group', {
      name: `${name}-viewers`,
      comment: 'Whose signatures let viewers see thumbnails.',
      items: Object.values(this.ids),
      lifecycle: RELEASED_BEFORE_DESTROYED,
    });
    this.groupId = group.id;
  }
}
