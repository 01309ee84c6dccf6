/** What the checks need to know about a synthesized stack. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { type Configuration, type Resource, referred, resources } from '../lib/configuration';

/** The value by which Terraform means no reservation. */
const NONE = -1;

export interface Stack {
  region: string;
  /** Oldest version of Terraform that it allows, as `1.10`. */
  terraform: string;
  /** Addresses that receive mail. */
  emails: string[];
  functions: StackFunction[];
  /** Bytes of all deployment packages. */
  codeBytes: number;
}

export interface StackFunction {
  name: string;
  /** Concurrency that the stack takes from the account for this function. */
  concurrency?: number | ByAccount;
}

/** Concurrency that Terraform derives from the account's. */
export interface ByAccount {
  /** From this concurrency of the account on it is `ample`, below it is `scarce`. */
  from: number;
  ample: number;
  scarce: number;
}

/**
 * @param folder of `cdk.tf.json`, with its packages below it
 * @throws Error when a package is missing
 */
export function readStack(configuration: Configuration, folder: string): Stack {
  const packages = resources(configuration, 'aws_lambda_function').map(([, { filename }]) =>
    String(filename),
  );
  const sizes = packages.map((name) => statSync(path.join(folder, name)).size);
  return { ...describe(configuration), codeBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

export function describe(configuration: Configuration): Omit<Stack, 'codeBytes'> {
  return {
    region: configuration.provider.aws[0]!.region,
    terraform: /\d+(\.\d+)*/.exec(configuration.terraform.required_version ?? '')?.[0] ?? '0',
    emails: resources(configuration, 'aws_sns_topic_subscription')
      .filter(([, { protocol }]) => protocol === 'email')
      .map(([, { endpoint }]) => endpoint as string),
    functions: resources(configuration, 'aws_lambda_function').map(([name, lambda]) => ({
      name: lambda['function_name'] as string,
      concurrency: concurrency(configuration, name, lambda),
    })),
  };
}

/** Provisioned concurrency of a function counts towards its reservation, if it has one. */
function concurrency(
  configuration: Configuration,
  name: string,
  lambda: Resource,
): StackFunction['concurrency'] {
  const [provisioned] = resources(configuration, 'aws_lambda_provisioned_concurrency_config')
    .filter(([, config]) => referred(config['function_name']) === name)
    .map(([, config]) => config['provisioned_concurrent_executions'] as number);
  const reserved = lambda['reserved_concurrent_executions'] ?? NONE;
  if (reserved === NONE) return provisioned;
  if (typeof reserved === 'number') return reserved;
  const { scarce, ...chosen } = byAccount(String(reserved));
  return { ...chosen, scarce: scarce === NONE ? (provisioned ?? NONE) : scarce };
}

/** @param expression such as `${(data.….value >= 1000) ? 100 : -1}` */
function byAccount(expression: string): ByAccount {
  const numbers = /value >= (\d+)\) \? (-?\d+) : (-?\d+)\}$/.exec(expression);
  if (!numbers) throw new Error(`Expected a concurrency by that of the account but found ${expression}`);
  const [from, ample, scarce] = numbers.slice(1).map(Number) as [number, number, number];
  return { from, ample, scarce };
}
