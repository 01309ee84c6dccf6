import { type ClientConfig, timed } from './timed';

/** Whose credentials a command uses. */
export interface Caller {
  account: string;
  arn: string;
}

/**
 * Asks whose credentials the environment has, once, when an error makes it worth knowing.
 *
 * @returns a question that answers undefined when AWS did not say
 */
export function callerOf(config: ClientConfig): () => Promise<Caller | undefined> {
  let asked: Promise<Caller | undefined> | undefined;
  return () => {
    asked ??= ask(config).catch(() => undefined);
    return asked;
  };
}

async function ask({ region }: ClientConfig): Promise<Caller> {
  // Only an error needs it, and it takes a while to load.
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = timed(STSClient, { region }, { attempts: 1, requestTimeout: 3_000 });
  try {
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn };
  } finally {
    client.destroy();
  }
}
