/** Shows how far a run is until it ends, or until somebody has seen enough. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Result } from '../lib/command';
import type { Hint } from '../lib/hint';
import type { Progress, Runs } from './runs';
import { ending, lookAgain, progressLine } from './words';

/** Milliseconds between two looks. */
const INTERVAL = { local: 500, aws: 5_000 };

export async function follow(
  runs: Pick<Runs, 'progress'>,
  name: string,
  { hint, local, settings }: { hint: Hint; local: boolean; settings: string | undefined },
): Promise<Result> {
  const left = new AbortController();
  const leave = () => left.abort();
  process.once('SIGINT', leave);
  let first: { progress: Progress; at: number } | undefined;
  let shown = '';
  try {
    for (;;) {
      const progress = await runs.progress(name);
      const at = performance.now();
      first ??= { progress, at };
      const seconds = (at - first.at) / 1_000;
      const line = progressLine(progress, seconds > 0 ? { progress: first.progress, seconds } : undefined);
      if (line !== shown) show(line);
      shown = line;
      if (progress.run.status !== 'RUNNING' || left.signal.aborted) {
        done();
        return result(progress, hint, settings);
      }
      await sleep(local ? INTERVAL.local : INTERVAL.aws, undefined, { signal: left.signal }).catch(() => {});
    }
  } finally {
    process.off('SIGINT', leave);
  }
}

function show(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
}

function done(): void {
  if (process.stderr.isTTY) process.stderr.write('\n');
}

function result(progress: Progress, hint: Hint, settings: string | undefined): Result {
  const { run, counts } = progress;
  const stale =
    settings !== undefined && run.input.settings !== settings
      ? ['The settings have changed since the run began. Run it again: what is stale by now is made then.']
      : [];
  if (run.status === 'RUNNING') {
    return {
      ok: true,
      summary: ['The run goes on without this command.', ...stale, lookAgain(run.name, hint)].join('\n'),
    };
  }
  return {
    ok: run.status === 'SUCCEEDED' && Object.keys(counts.failed).length === 0 && progress.unfinished === 0,
    summary: [progressLine(progress), ...ending(progress, hint), ...stale].join('\n'),
  };
}
