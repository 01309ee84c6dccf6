/** Opens the console of an engine: that of npm start, or the one that npm run console finds or starts. */
import path from 'node:path';
import type { Engine, Fault, Stack } from '../../local-aws';
import type { Connect } from '../lib/aws/connect';
import { DATA } from '../lib/options';
import { Console } from './console';
import { openEngineSource } from './engine-source';
import { FaultSwitch } from './faults';
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

/** Nothing here costs anything, so everything is fresh. */
const OVERVIEW = { overviewAfter: 500, overviewEvery: 5_000 };

/** @throws Error if the port is in use */
export async function openEngineConsole(engine: EngineConsole): Promise<ConsoleServer> {
  const { dataDir, stack, connect, inject, faults, port, since } = engine;
  const outputs = stack.outputs as Record<string, string>;
  const console = new Console({
    stack: new DeployedStack({ outputs, connect, close: async () => {} }),
    source: await openEngineSource({ dataDir, defaultDataDir: path.resolve(DATA.default), since }),
    target: { kind: 'engine' },
    writes: true,
    ...(inject && { faults: new FaultSwitch(inject, faults) }),
    suffixes: suffixesOf(stack),
    ...OVERVIEW,
  });
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
