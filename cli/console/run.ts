import { type Result, UsageError } from '../lib/command';
import { interrupted } from '../lib/interruption';
import { moment } from '../lib/options';
import { openDeployed } from '../lib/target';
import { openAwsConsole, openEngineConsole } from './open';
import type { ConsoleServer } from './server';

interface Values {
  aws: boolean;
  'allow-writes': boolean;
  /** ISO 8601 in UTC. */
  since?: string;
  /** Megabytes. */
  'scan-limit'?: number;
  port: number;
  /** Absolute path. */
  data: string;
  /** Absolute path. */
  settings?: string;
}

/** Megabytes: at most five cents. */
const SCAN_LIMIT = 500;

export async function runConsole(values: Values): Promise<Result> {
  if (!values.aws && (values['allow-writes'] || values['scan-limit'] !== undefined)) {
    throw new UsageError('Expected --allow-writes and --scan-limit with --aws only');
  }
  if (values.aws && values.settings) {
    throw new UsageError('Expected --settings without --aws: a deployed stack has its settings');
  }
  const end = interrupted();
  return values.aws ? onAws(values, end) : onThisMachine(values, end);
}

async function onAws(values: Values, end: Promise<void>): Promise<Result> {
  const target = await openDeployed();
  const megabytes = values['scan-limit'] ?? SCAN_LIMIT;
  const since = values.since ?? moment('1h', '--since');
  const server = await openAwsConsole({
    target,
    writes: values['allow-writes'],
    port: values.port,
    since,
    limit: megabytes * 1e6,
  });
  const writes = values['allow-writes'] ? 'It may write.' : 'It only reads; --allow-writes lets it write.';
  return serveUntil(end, server, [
    `It shows ${target.outputs['state_machine_arn']} since ${since}, and reads at most ${megabytes} MB of logs. ${writes}`,
  ]);
}

async function onThisMachine({ data, port, settings, since }: Values, end: Promise<void>) {
  // The engine takes most of a second to load.
  const { openSession } = await import('../lib/session.ts');
  const session = await openSession(data, { settings });
  try {
    const server = await openEngineConsole({
      ...session,
      port,
      ...(since && { since: Date.parse(since) }),
    });
    return await serveUntil(end, server, []);
  } finally {
    await session.close();
  }
}

async function serveUntil(end: Promise<void>, server: ConsoleServer, notes: string[]): Promise<Result> {
  console.log([`The console is at ${server.address}`, ...notes, '', 'Ctrl-C stops it.'].join('\n'));
  await end;
  await server.close();
  return { ok: true, summary: '\nThe console is stopped.' };
}
