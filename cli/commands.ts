/** Every command, by the name of its npm script. A command that is not called is not loaded. */
import type { Command } from './lib/command';

export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start/command.ts')).start,
  console: async () => (await import('./console/command.ts')).consoleCommand,
  process: async () => (await import('./process/command.ts')).processFiles,
  executions: async () => (await import('./executions/command.ts')).executions,
  estimate: async () => (await import('./estimate/command.ts')).estimate,
  deploy: async () => (await import('./deploy/command.ts')).deploy,
  doctor: async () => (await import('./doctor/command.ts')).doctor,
  replay: async () => (await import('./replay/command.ts')).replay,
  backfill: async () => (await import('./backfill/command.ts')).backfill,
  erase: async () => (await import('./erase/command.ts')).erase,
  redrive: async () => (await import('./redrive/command.ts')).redrive,
  stuck: async () => (await import('./stuck/command.ts')).stuck,
};

/** @returns all of them, in the order a person meets them */
export const allCommands = (): Promise<Command[]> =>
  Promise.all(Object.values(COMMANDS).map((load) => load()));
