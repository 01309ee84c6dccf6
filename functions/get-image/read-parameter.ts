import { clientConfig } from '../lib/runtime/client-config';

/**
 * No state machine repeats what fails here. By default SSM answers 40 reads a second in an account, which many instances
 * that start together can exceed: docs.aws.amazon.com/general/latest/gr/ssm.html
 */
const ATTEMPTS = 3;

/**
 * The client comes from Lambda's runtime. In the package it would make every cold start a fifth longer, although it is only
 * needed if viewers need signed URLs.
 *
 * @returns the value of a SecureString parameter; empty if it has none
 */
export async function readParameter(name: string): Promise<string> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const ssm = new SSMClient({ ...clientConfig(), maxAttempts: ATTEMPTS });
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
  ssm.destroy();
  return Parameter?.Value ?? '';
}
