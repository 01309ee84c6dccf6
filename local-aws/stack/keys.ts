/** The KMS keys that a stack uses: those it creates, existing ones, and those that AWS manages for its services. */

import { text } from './arguments';
import type { Block } from './block';
import type { Key } from './model';
import { parsePolicy } from './policy';
import type { Place } from './resources';
import { uuidOf } from './uuid';

/** Services with their own key in every account, `alias/aws/<service>`. */
const MANAGED = ['dynamodb', 's3', 'sns', 'sqs'];

const KEY_ARN = /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

export class Keyring {
  readonly keys: Key[] = [];

  /** @param policies key policies of keys that the stack doesn't create, by ARN */
  constructor(
    private readonly place: Place,
    private readonly policies: Record<string, unknown> = {},
  ) {}

  /** @param block an `aws_kms_key` @throws Error for a key that does not encrypt */
  add(block: Block): void {
    const unusual = {
      key_usage: 'ENCRYPT_DECRYPT',
      customer_master_key_spec: 'SYMMETRIC_DEFAULT',
      is_enabled: true,
    };
    for (const [argument, usual] of Object.entries(unusual)) {
      const value = block.get(argument) ?? usual;
      if (value !== usual) {
        throw new Error(`Expected ${usual} for ${argument} but received ${JSON.stringify(value)}`);
      }
    }
    const policy = block.get('policy');
    this.keys.push({
      arn: text(block, 'arn'),
      names: [text(block, 'key_id')],
      policy: policy === undefined ? this.usualPolicy() : parsePolicy(policy, 'resource'),
      madeBy: 'stack',
    });
  }

  /** @param block an `aws_kms_alias` */
  name(block: Block): void {
    const alias = text(block, 'name');
    if (!alias.startsWith('alias/') || alias.startsWith('alias/aws/')) {
      throw new Error(`Expected a name that begins with alias/, but not alias/aws/, but received ${alias}`);
    }
    const arn = this.arnOf(text(block, 'target_key_id'));
    this.keys.find((key) => key.arn === arn)!.names.push(alias, text(block, 'arn'));
  }

  /**
   * @param reference ARN, id, alias, or ARN of an alias
   * @throws Error for a key that is neither in the stack nor among what exists besides it
   */
  arnOf(reference: string): string {
    const known = this.keys.find(({ arn, names }) => arn === reference || names.includes(reference));
    if (known) return known.arn;
    const [, service] = /^alias\/aws\/(.+)$/.exec(reference) ?? [];
    if (service && MANAGED.includes(service)) return this.addManaged(service);
    if (KEY_ARN.test(reference) && this.policies[reference]) return this.addExisting(reference);
    throw new Error(
      `Expected a key of the stack, or one whose policy is among what exists besides the stack, but received ${reference}`,
    );
  }

  /** Adds a key that exists besides the stack. If its policy isn't given, it has the default one. */
  addExisting(arn: string): string {
    if (!KEY_ARN.test(arn)) throw new Error(`Expected the ARN of a key but received ${arn}`);
    if (this.keys.some((key) => key.arn === arn)) return arn;
    const given = this.policies[arn];
    const policy = given === undefined ? this.usualPolicy() : parsePolicy(given, 'resource');
    this.keys.push({ arn, names: [arn.split('/').at(-1)!], policy, madeBy: 'account' });
    return arn;
  }

  /**
   * Its policy lets everyone in the account use it through this service, but not through any other:
   * docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
   */
  private addManaged(service: string): string {
    const { account, region } = this.place;
    const alias = `alias/aws/${service}`;
    const arn = `arn:aws:kms:${region}:${account}:key/${uuidOf(alias)}`;
    const through = {
      'kms:CallerAccount': [account],
      'kms:ViaService': [`${service}.${region}.amazonaws.com`],
    };
    this.keys.push({
      arn,
      names: [uuidOf(alias), alias, `arn:aws:kms:${region}:${account}:${alias}`],
      policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: ['*'] },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
            Resource: ['*'],
            Condition: { StringEquals: through },
          },
        ],
      },
      madeBy: 'aws',
    });
    return arn;
  }

  /** The default policy of a key: docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
  private usualPolicy(): Key['policy'] {
    const root = `arn:aws:iam::${this.place.account}:root`;
    return {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: [root] }, Action: ['kms:*'], Resource: ['*'] }],
    };
  }
}
