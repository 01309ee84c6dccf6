import type { Result } from '../lib/command';
import { openSession } from '../lib/session';
import { openEngineConsole } from './open';

interface Values {
  /** ISO 8601 in UTC. */
  since?: string;
  port: number;
  /** Absolute path. */
  data: string;
  /** Absolute path. */
  settings?: string;
}

export async function runConsole({ data, port, settings, since }: Values): Promise<Result> {
  const interrupted = new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  const session = await openSession(data, { settings });
  try {
    const server = await openEngineConsole({ ...session, port, ...(since && { since: Date.parse(since) }) });
    console.log(`The console is at ${server.address}\n\nCtrl-C stops it.`);
    await interrupted;
    await server.close();
  } finally {
    await session.close();
  }
  return { ok: true };
}
