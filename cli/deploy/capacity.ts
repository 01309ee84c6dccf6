/** Checks whether the account has the Lambda capacity that a stack needs. */
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { timed } from '../lib/aws/timed';
import { type Finding, note, stop } from './finding';
import type { ByAccount, Stack, StackFunction } from './synthesized';

/** Concurrency that Lambda keeps for functions without a reservation: docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const KEPT_UNRESERVED = 100;

/** The usual concurrency of an account; a new account starts with as little as 10. */
const USUAL_CONCURRENCY = 1_000;

const QUOTA =
  'Ask AWS to raise the quota "Concurrent executions" (L-B99A9384; 1,000 is usually granted): https://console.aws.amazon.com/servicequotas/home/services/lambda/quotas/L-B99A9384';

/** The capacity of Lambda in one account and region. */
export interface Capacity {
  /** How many executions of all functions together may run at once. */
  concurrency: number;
  /** How much of it no function has reserved. */
  unreserved: number;
  /** Concurrency that functions of this stack have reserved already, by name. */
  held: Record<string, number>;
  /** Bytes of all code, and the limit. */
  codeBytes: number;
  codeLimit: number;
}

/** @returns the capacity, or why it could not be read */
export async function readCapacity(region: string, functions: string[]): Promise<Capacity | Finding> {
  const client = timed(LambdaClient, { region }, { attempts: 2 });
  try {
    const { AccountLimit = {}, AccountUsage = {} } = await client.send(new GetAccountSettingsCommand({}));
    const held = await Promise.all(functions.map(async (name) => [name, await reservedBy(client, name)]));
    return {
      concurrency: AccountLimit.ConcurrentExecutions ?? 0,
      unreserved: AccountLimit.UnreservedConcurrentExecutions ?? 0,
      held: Object.fromEntries(held),
      codeBytes: AccountUsage.TotalCodeSize ?? 0,
      codeLimit: AccountLimit.TotalCodeSize ?? Number.POSITIVE_INFINITY,
    };
  } catch (error) {
    const { name, message } = error as Error;
    return note(
      `Could not check whether Lambda has the capacity (${name}: ${message}). This needs lambda:GetAccountSettings and lambda:GetFunctionConcurrency.`,
    );
  } finally {
    client.destroy();
  }
}

async function reservedBy(client: LambdaClient, FunctionName: string): Promise<number> {
  try {
    const answer = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
    return answer.ReservedConcurrentExecutions ?? 0;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return 0;
    throw error;
  }
}

export function checkCapacity(
  { functions, codeBytes }: Pick<Stack, 'functions' | 'codeBytes'>,
  capacity: Capacity,
): Finding[] {
  return [
    ...checkConcurrency(functions, capacity),
    ...(capacity.codeBytes + codeBytes > capacity.codeLimit
      ? [
          stop(
            `Lambda stores ${mebibytes(capacity.codeBytes)} of code for this account in this region; ${mebibytes(codeBytes)} more would exceed its limit of ${mebibytes(capacity.codeLimit)}. Delete function versions that nothing uses any more.`,
          ),
        ]
      : []),
  ];
}

function checkConcurrency(functions: Stack['functions'], capacity: Capacity): Finding[] {
  const { concurrency, unreserved, held } = capacity;
  const takers = functions
    .map(({ name, concurrency: taken }) => ({ name, taken: resolve(taken, concurrency) }))
    .filter(({ taken }) => taken > 0);
  const wanted = takers.reduce((sum, { taken }) => sum + taken, 0);
  const mine = functions.reduce((sum, { name }) => sum + (held[name] ?? 0), 0);
  const free = Math.max(0, unreserved + mine - KEPT_UNRESERVED);
  if (wanted > free) {
    const list = takers.map(({ name, taken }) => `${name} ${taken}`).join(', ');
    return [
      stop(
        `The functions need ${wanted} of Lambda's concurrency for themselves (${list}), and this account can give ${free}: of its ${concurrency}, other functions have reserved ${concurrency - unreserved - mine}, and ${KEPT_UNRESERVED} must stay unreserved. Lower reservedConcurrency or provisionedConcurrency in the settings${functions.some(isAuto) ? ', where "auto" becomes "none"' : ''}. ${QUOTA}`,
      ),
    ];
  }
  if (concurrency < USUAL_CONCURRENCY) {
    return [
      note(
        `This account runs at most ${concurrency} functions at once, as new accounts do: nothing is reserved for what the settings leave to "auto", and uploads beyond that wait in the backlog. ${QUOTA}`,
      ),
    ];
  }
  return functions.flatMap((one) => (isAuto(one) ? unreservedByDefault(one, capacity) : []));
}

const isAuto = (one: StackFunction): one is StackFunction & { concurrency: ByAccount } =>
  typeof one.concurrency === 'object';

/** Terraform goes by Service Quotas, which says the same of a new account as of one with the usual concurrency. */
function unreservedByDefault(
  { name, concurrency: { from, ample } }: { name: string; concurrency: ByAccount },
  { concurrency }: Capacity,
): Finding[] {
  if (concurrency >= from) return [];
  return [
    note(
      `"auto" reserves nothing for ${name}: Terraform asks Service Quotas, which says ${USUAL_CONCURRENCY} of new accounts too. Lambda does allow this account ${concurrency}, so you can set its reservedConcurrency to ${ample}, which caps what a flood of uploads or requests costs, and backlog.concurrency to 50.`,
    ),
  ];
}

/** @returns the number that Terraform computes where Service Quotas and Lambda agree on the concurrency */
function resolve(taken: StackFunction['concurrency'], ofAccount: number): number {
  if (typeof taken === 'object') return ofAccount >= taken.from ? taken.ample : taken.scarce;
  return taken ?? 0;
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024).toLocaleString('en')} MiB`;
