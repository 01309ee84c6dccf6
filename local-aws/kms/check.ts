import type { Principals } from '../principals';
import type { Gate } from '../service';
import type { Stack } from '../stack/model';
import { inContext } from '.';

/** Source: docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
const NEEDED = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'DescribeKey'];

/**
 * CloudWatch Logs refuses to make a log group with a key it may not use, so a deploy would fail.
 *
 * @throws Error naming the first log group whose key does not let the service use it
 */
export async function checkLogKeys(
  gate: Gate,
  principals: Principals,
  { logGroups, region }: Pick<Stack, 'logGroups' | 'region'>,
): Promise<void> {
  const principal = principals.service(`logs.${region}.amazonaws.com`);
  for (const { arn, key } of logGroups) {
    if (key === undefined) continue;
    const context = inContext({ 'aws:logs:arn': arn });
    for (const action of NEEDED) {
      await gate({ principal, action: `kms:${action}`, resource: key, context }).catch((error: Error) => {
        throw new Error(`${arn} cannot be encrypted with its key: ${error.message}`);
      });
    }
  }
}
