/** SSM on this machine: SecureString parameters, which are not part of the stack because its state may not hold their values. */

import { jsonService } from '../json-service';
import type { KeyAction, UseKey } from '../kms';
import { AwsError, type DocumentService, type Gate, type Principal } from '../service';
import type { Parameter } from '../stack/model';
import { openParameters, type Stored } from './store';

export interface SsmOptions {
  /** What PutParameter writes is in its folder `ssm`, and comes before `parameters`. */
  dataDir: string;
  account: string;
  region: string;
  gate: Gate;
  parameters: Parameter[];
  useKey: UseKey;
  /** ARN of a key. */
  findKey: (reference: string) => string | undefined;
}

interface Input {
  Name?: string;
  WithDecryption?: boolean;
  Value?: string;
  Type?: string;
  KeyId?: string;
  Overwrite?: boolean;
}

/** Characters of a standard parameter: docs.aws.amazon.com/general/latest/gr/ssm.html */
const LARGEST = 4_096;

/** Names SSM's own key, which everyone in the account may use through SSM. */
const OWN_KEY = 'alias/aws/ssm';

const PREFIX = 'AmazonSSM.';

export function createSsm(options: SsmOptions): DocumentService {
  const { dataDir, account, region, gate, useKey, findKey } = options;
  const store = openParameters(dataDir, options.parameters);

  const arnOf = (name: string) =>
    `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^arn:.*?:parameter/, '').replace(/^\//, '')}`;

  const withKey = (principal: Principal, { arn, key }: { arn: string; key?: string }, action: KeyAction) =>
    useKey(principal, key, [action], { PARAMETER_ARN: arn });

  async function getParameter({ Name = '', WithDecryption = false }: Input, principal: Principal) {
    const arn = arnOf(Name);
    await gate({ principal, action: 'ssm:GetParameter', resource: arn });
    const found = await store.find((name) => arnOf(name) === arn);
    if (!found) throw new AwsError('ParameterNotFound', '');
    if (WithDecryption) await withKey(principal, { arn, key: found.key }, 'Decrypt');
    return { Parameter: described(found, arn, WithDecryption) };
  }

  async function putParameter(input: Input, principal: Principal) {
    const { Name = '', Value = '', Type, KeyId = OWN_KEY, Overwrite = false } = input;
    const arn = arnOf(Name);
    await gate({ principal, action: 'ssm:PutParameter', resource: arn });
    if (Type !== 'SecureString' && !(Overwrite && Type === undefined)) {
      throw invalid(`Expected SecureString for Type but received ${Type}`);
    }
    if (Value.length < 1 || Value.length > LARGEST) {
      throw invalid(`Expected 1 to ${LARGEST} characters for Value but received ${Value.length}`);
    }
    const key = KeyId === OWN_KEY ? undefined : findKey(KeyId);
    if (KeyId !== OWN_KEY && !key) throw new AwsError('InvalidKeyId', `Expected a key but received ${KeyId}`);
    const before = await store.find((name) => arnOf(name) === arn);
    if (before && !Overwrite) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    await withKey(principal, { arn, key }, 'Encrypt');
    const version = (before?.version ?? 0) + 1;
    await store.put({
      name: before?.name ?? Name,
      value: Value,
      ...(key && { key }),
      version,
      at: Date.now(),
    });
    return { Version: version, Tier: 'Standard' };
  }

  async function perform(target: unknown, input: Input, principal: Principal): Promise<object> {
    if (target === `${PREFIX}GetParameter`) return getParameter(input, principal);
    if (target === `${PREFIX}PutParameter`) return putParameter(input, principal);
    throw new AwsError(
      'UnknownOperationException',
      `Expected ${PREFIX}GetParameter or ${PREFIX}PutParameter but received ${target}`,
    );
  }

  return jsonService(perform);
}

const invalid = (message: string) => new AwsError('ValidationException', message);

const described = ({ name, value, version, at }: Stored, ARN: string, isDecrypted: boolean) => ({
  Name: name,
  Type: 'SecureString',
  // Without decryption SSM answers with the ciphertext. Nothing is encrypted here, but the value must not show either.
  Value: isDecrypted ? value : Buffer.from(`encrypted, version ${version}`).toString('base64'),
  Version: version,
  LastModifiedDate: at / 1_000,
  ARN,
  DataType: 'text',
});
