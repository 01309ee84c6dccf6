/**
 * Fault injection: makes calls to AWS and invocations of functions fail as they can on AWS.
 *
 * A fault before a call applies when the call asks for permission. A fault after it replaces the answer. The two places are
 * connected by the asynchronous context of the call.
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { InvocationFault } from '../lambda';
import { AwsError, type Call, type Gate } from '../service';
import type { LambdaFunction, Stack } from '../stack/model';
import { withholdAnswer } from './answer';
import { awsError } from './aws-errors';
import type { CallFault, Fault } from './fault';
import { createOdds, createRandom, type Odds } from './odds';

export { type Fault, type FaultInput, parseFaults, readFaults } from './fault';

export interface FaultsOptions {
  /** Whose functions and roles the faults name. */
  stack: Pick<Stack, 'region' | 'functions' | 'roles'>;
  /** Kills the process that was given these credentials. */
  crash: (accessKeyId: string) => void;
  /** Seed of the random numbers for probabilities. @default 1 */
  seed?: number;
  /** Receives a line for each fault that takes effect. */
  log?: (line: string) => void;
}

export interface Faults {
  /**
   * Replaces all faults.
   *
   * @returns tells of each fault, in this order, whether it can still happen
   * @throws Error naming a function or caller that the stack does not have
   */
  inject(faults: Fault[]): () => boolean[];
  /** Called for each call that the policies allow. */
  gate: Gate;
  /** Called for each invocation. */
  invocation(fn: Pick<LambdaFunction, 'name'>): InvocationFault | undefined;
  /** Performs a call from inside the engine. */
  call<T>(perform: () => Promise<T>): Promise<T>;
  /** Performs a call that came as a request. @param refuse answers with an error, as the service would */
  serve(
    response: ServerResponse,
    perform: () => Promise<void>,
    refuse: (error: unknown) => void,
  ): Promise<void>;
  /** Releases every call that hangs. */
  close(): void;
}

/** A call in progress. */
interface Passage {
  /** Replaces the answer with the effect of a fault. */
  afterwards(happen: () => Promise<never>): void;
  /** Resolves when nothing waits for the answer any more. */
  abandoned: Promise<unknown>;
}

type Armed<T> = Odds & { fault: T };

export function createFaults({ stack, crash, seed = 1, log = () => {} }: FaultsOptions): Faults {
  const passages = new AsyncLocalStorage<Passage>();
  const random = createRandom(seed);
  let onCalls: (Armed<CallFault> & { callers: Set<string> | undefined })[] = [];
  let onFunctions: (Armed<{ fault: InvocationFault }> & { functions: Set<string> })[] = [];
  // No context is needed before the first fault, and on Node 20 a context slows down every promise of the process.
  let armed = false;
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });

  async function happen({ fault }: CallFault, call: Call, abandoned: Promise<unknown>): Promise<never> {
    if (fault !== 'hang' && fault !== 'crash') throw awsError(fault, call);
    if (fault === 'crash') crash(call.principal.accessKeyId);
    await Promise.race([abandoned, closed]);
    throw new AwsError('RequestTimeout', 'Nothing waits for the answer any more.', 503);
  }

  return {
    inject(faults) {
      armed ||= faults.length > 0;
      onCalls = [];
      onFunctions = [];
      const injected = faults.map((fault) => ({ fault, odds: createOdds(fault, random) }));
      for (const { fault, odds } of injected) {
        if ('call' in fault) {
          const callers = fault.by === undefined ? undefined : callersNamed(stack, fault.by);
          onCalls.push({ fault, ...odds, callers });
        } else {
          onFunctions.push({ fault, ...odds, functions: functionsNamed(stack, fault.function) });
        }
      }
      return () => injected.map(({ odds }) => !odds.isUsedUp());
    },

    async gate(call) {
      const passage = passages.getStore();
      // A call that began before the first fault has no context, so its answer can't be replaced.
      const struck = onCalls.find(
        ({ fault, callers, strikes }) =>
          fault.call === call.action &&
          (fault.when === 'before' || passage !== undefined) &&
          (callers?.has(call.principal.arn) ?? true) &&
          strikes(),
      );
      if (!struck) return;
      const { fault } = struck;
      log(`${call.action} by ${nameOf(call.principal.arn)}: ${fault.fault} ${fault.when} the call`);
      const it = () => happen(fault, call, passage?.abandoned ?? closed);
      if (fault.when === 'before') return it();
      passage?.afterwards(it);
    },

    invocation({ name }) {
      const struck = onFunctions.find(({ functions, strikes }) => functions.has(name) && strikes());
      if (struck) log(`${name}: ${struck.fault.fault}`);
      return struck?.fault.fault;
    },

    async call(perform) {
      if (!armed) return perform();
      let afterwards: (() => Promise<never>) | undefined;
      const passage: Passage = {
        afterwards: (it) => {
          afterwards = it;
        },
        abandoned: closed,
      };
      const result = await passages.run(passage, perform);
      await afterwards?.();
      return result;
    },

    serve(response, perform, refuse) {
      if (!armed) return perform();
      const abandoned = new Promise((resolve) => response.once('close', resolve));
      const passage: Passage = {
        afterwards: (it) => withholdAnswer(response, () => void it().catch(refuse)),
        abandoned,
      };
      return passages.run(passage, perform);
    },

    close: () => close(),
  };
}

const nameOf = (arn: string) => arn.split(/[/:]/).at(-1)!;

interface Named {
  name: string;
  /** The functions or roles with this name. */
  value: string;
}

function functionsNamed({ functions, region }: FaultsOptions['stack'], given: string): Set<string> {
  const named = functions.map(({ name }) => ({ name, value: name }));
  return valuesOf(named, given, region, 'a function');
}

/** @returns ARNs of roles */
function callersNamed({ functions, roles, region }: FaultsOptions['stack'], given: string): Set<string> {
  const byFunction = functions.map(({ name, role }) => ({ name, value: role }));
  const byRole = roles.map(({ name, arn }) => ({ name, value: arn }));
  return valuesOf([...byFunction, ...byRole], given, region, 'a function or role');
}

/** A name may leave out the prefix that all names of the stack share, and a region at the end. */
function valuesOf(all: Named[], given: string, region: string, what: string): Set<string> {
  const short = (name: string) => (name.endsWith(`-${region}`) ? name.slice(0, -region.length - 1) : name);
  const meant = all.filter(({ name }) => name === given || short(name).endsWith(`-${given}`));
  if (meant.length > 0) return new Set(meant.map(({ value }) => value));
  const known = [...new Set(all.map(({ name }) => short(name)))].join(', ');
  throw new Error(`Expected the name of ${what} (${known}) in a fault but received "${given}"`);
}
