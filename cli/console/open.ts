/** Opens the console of an engine, be it that of npm start or the one that npm run console finds or starts, and of a stack on AWS. */
import path from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Engine, Fault, Stack } from '../../local-aws';
import type { Connect } from '../lib/aws/connect';
import { engineHint } from '../lib/hint';
import { DATA } from '../lib/options';
import type { Target } from '../lib/target';
import { openAwsSource } from './aws-source';
import { Console, type ConsoleOptions } from './console';
import { openEngineSource } from './engine-source';
import { FaultSwitch } from './faults';
import { LogReader } from './log-reader';
import { type ConsoleServer, serveConsole } from './server';
import { DeployedStack } from './stack';

export interface EngineConsole {
  /** Absolute path. */
  dataDir: string;
  stack: Stack;
  connect: Connect;
  /** Left out if the engine belongs to another process. */
  inject?: Engine['inject'];
  /** That the engine was started with. They stay. */
  faults?: Fault[];
  /** 0 for any that is free. */
  port: number;
  /** Runs that began earlier are left out, in Unix milliseconds. @default none */
  since?: number;
}

/** Nothing costs anything on this machine, so everything is fresh. */
const ENGINE_PACE = { overviewAfter: 500, overviewEvery: 5_000 };

/** An overview makes a call for each queue and one for the alarms. */
const AWS_PACE = { overviewAfter: 10_000, overviewEvery: 60_000 };

/** Milliseconds. */
const POLL_EVERY = 5_000;

/** @throws Error if the port is in use */
export async function openEngineConsole(engine: EngineConsole): Promise<ConsoleServer> {
  const { dataDir, stack, connect, inject, faults, port, since } = engine;
  const outputs = stack.outputs as Record<string, string>;
  return serve(port, {
    stack: new DeployedStack({
      outputs,
      connect,
      hint: (name, ...args) => engineHint(dataDir, name, ...args),
      close: async () => {},
    }),
    source: await openEngineSource({ dataDir, defaultDataDir: path.resolve(DATA.default), since }),
    target: { kind: 'engine' },
    writes: true,
    ...(inject && { faults: new FaultSwitch(inject, faults) }),
    suffixes: suffixesOf(stack),
    ...ENGINE_PACE,
  });
}

export interface AwsConsole {
  target: Target;
  /** Whether it may write. */
  writes: boolean;
  /** 0 for any that is free. */
  port: number;
  /** ISO 8601 in UTC. */
  since: string;
  /** How many bytes of logs it reads at most. */
  limit: number;
  /** Milliseconds between two looks at the log, and between two calls. @default what the quotas of AWS leave room for */
  pace?: { pollEvery: number; spacing: number };
}

/** @throws Error if the port is in use */
export async function openAwsConsole(options: AwsConsole): Promise<ConsoleServer> {
  const { target, writes, port, since, limit, pace } = options;
  const stack = new DeployedStack(target);
  const [, , , region = '', account = ''] = stack.machineArn.split(':');
  const reader = new LogReader(target.connect(CloudWatchLogsClient), {
    since,
    limit,
    spacing: pace?.spacing,
  });
  const pollEvery = pace?.pollEvery ?? POLL_EVERY;
  return serve(port, {
    stack,
    source: openAwsSource({ reader, machine: stack.name, since: Date.parse(since), pollEvery }),
    target: { kind: 'aws', account, region },
    writes,
    ...AWS_PACE,
  });
}

async function serve(port: number, options: ConsoleOptions): Promise<ConsoleServer> {
  const console = new Console(options);
  try {
    return await serveConsole(console, port);
  } catch (error) {
    await console.close();
    throw error;
  }
}

/** The suffixes in the rules of the stack. If there are none, the definition has them. */
function suffixesOf({ rules }: Stack): string[] | undefined {
  const found = JSON.stringify(rules.map(({ pattern }) => pattern)).matchAll(
    /"suffix":(?:\{"equals-ignore-case":)?"(\.[^"]+)"/g,
  );
  const suffixes = [...new Set([...found].map(([, suffix = '']) => suffix))];
  return suffixes.length > 0 ? suffixes : undefined;
}
