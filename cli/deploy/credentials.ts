import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { credentialsProblem } from '../lib/aws/credentials';
import type { Caller } from '../lib/aws/identity';
import { timed } from '../lib/aws/timed';
import { type Finding, stop } from './finding';

/** @returns who the credentials of the environment belong to, or why AWS did not say */
export async function whoDeploys(region: string): Promise<Caller | Finding> {
  const client = timed(STSClient, { region }, { attempts: 2 });
  try {
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn };
  } catch (error) {
    return stop(explain(error as Error, region));
  } finally {
    client.destroy();
  }
}

/** @returns what is wrong with the credentials, and what to do */
export function explain(error: Error, region: string): string {
  const { name, message } = error;
  if (name === 'AccessDenied' || name === 'AccessDeniedException') {
    return `The AWS credentials may not be used here (${message}). A policy of the organization may forbid it.`;
  }
  return (
    credentialsProblem(error, region) ??
    `Could not ask AWS whose credentials these are (${name}: ${message}). Can this machine reach sts.${region}.amazonaws.com?`
  );
}
