import { clientConfig } from '../lib/runtime/client-config';

/**
 * No state machine repeats what fails here. By default SSM answers 40 reads a second in an account, which many instances
 * that start together can exceed: docs.aws.amazon.com/general/latest/gr/ssm.html
 */
const ATTEMPTS = 3;

/** SSM's own message is empty for the first, and names no parameter for the second. */
const ADVICE: Readonly<Record<string, string>> = {
  ParameterNotFound: 'Put the private key there, as a SecureString in the region of the stack.',
  InvalidKeyId:
    'The KMS key that encrypts it is disabled, is gone, or is not the one in delivery.signing.kmsKeyArn.',
  AccessDeniedException:
    'If a KMS key of your own encrypts it, name that key in delivery.signing.kmsKeyArn and deploy.',
};

/**
 * The client comes from Lambda's runtime. In the package it would make every cold start a fifth longer, although it is only
 * needed if viewers need signed URLs.
 *
 * @returns the value of a SecureString parameter; empty if it has none
 * @throws the error of SSM, whose message says which parameter it is and what to do
 */
export async function readParameter(name: string): Promise<string> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const ssm = new SSMClient({ ...clientConfig(), maxAttempts: ATTEMPTS });
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return Parameter?.Value ?? '';
  } catch (error) {
    throw explained(error as Error, name);
  } finally {
    ssm.destroy();
  }
}

/** The same error, for its name and status decide the answer. */
function explained(error: Error, parameter: string): Error {
  const advice = ADVICE[error.name] ?? '';
  error.message =
    `Could not read the parameter ${parameter}, which holds the private key that signs URLs: ${error.name}: ${error.message}. ${advice}`.trim();
  return error;
}
