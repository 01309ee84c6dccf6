/** The console without HTTP: what api.ts names, for one source of runs and the stack that they are of. */
import type { IncomingMessage } from 'node:http';
import type { HistoryEvent } from '../../local-aws/history';
import { again, redrive, remove, upload } from './actions';
import type { ConsoleInfo, Overview, Run, RunDetail, RunsPage } from './api';
import { detailOf } from './detail';
import type { FaultSwitch } from './faults';
import { graphOf, suffixesIn } from './graph';
import { Imports, unreadable } from './imports';
import { Live } from './live';
import { countRuns } from './overview';
import { Refused } from './refused';
import type { RunsQuery, Source } from './source';
import { type DeployedStack, maybe } from './stack';

/** The most runs of one answer, and of the counts in an overview. */
export const MOST_RUNS = 10_000;

export interface ConsoleOptions {
  stack: DeployedStack;
  source: Source;
  target: ConsoleInfo['target'];
  /** Whether it may upload, delete and start anything. */
  writes: boolean;
  /** Only with an engine of one's own. */
  faults?: FaultSwitch;
  /** That start the workflow, with their dots. @default what the definition says */
  suffixes?: string[];
  /** Milliseconds after which a change shows in the overview at the earliest. */
  overviewAfter: number;
  /** Milliseconds after which an overview is sent although no run has changed, since queues and alarms change by themselves. */
  overviewEvery: number;
}

export class Console {
  readonly live = new Live();

  private readonly imports = new Imports();

  private definition?: ReturnType<DeployedStack['definition']>;

  private soon: NodeJS.Timeout | undefined;

  private readonly regularly: NodeJS.Timeout;

  constructor(private readonly options: ConsoleOptions) {
    options.source.follow(
      (run) => this.report(run),
      () => this.live.listeners > 0,
    );
    this.regularly = setInterval(() => this.overviewSoon(), options.overviewEvery).unref();
  }

  async info(): Promise<ConsoleInfo> {
    const { stack, source, target, writes, faults, suffixes } = this.options;
    this.definition ??= stack.definition();
    const found = await maybe(() => this.definition as NonNullable<typeof this.definition>);
    if ('missing' in found) this.definition = undefined;
    const definition = 'value' in found ? found.value : { StartAt: '', States: {} };
    const scan = source.scan?.();
    return {
      workflow: stack.name,
      target,
      definition,
      ...('missing' in found && found),
      graph: graphOf(definition),
      uploads: {
        bucket: stack.uploads,
        prefixes: [stack.output('uploads_prefix')],
        suffixes: suffixes ?? suffixesIn(definition),
      },
      can: { write: writes, fault: faults !== undefined },
      faults: faults?.list ?? [],
      ...(scan && { scan }),
    };
  }

  /** Newest first, with the imported ones among them. */
  async runs(query: RunsQuery): Promise<RunsPage> {
    const { runs, ...page } = await this.options.source.runs(query);
    const imported = this.imports.runs(query.since);
    const others = runs.filter(({ id }) => !this.imports.get(id));
    const all = [...imported, ...others].sort((one, other) => other.startedAt - one.startedAt);
    return { ...page, runs: all.slice(0, query.limit), more: page.more || all.length > query.limit };
  }

  async overview(since?: number): Promise<Overview> {
    const { stack, source } = this.options;
    const [{ runs }, queues, alarms] = await Promise.all([
      source.runs({ since, limit: MOST_RUNS }),
      maybe(() => stack.queues()),
      maybe(() => stack.alarms()),
    ]);
    return { ...countRuns(runs), queues, alarms };
  }

  async detail(id: string): Promise<RunDetail> {
    const { run, history } = await this.find(id);
    const detail = detailOf(run, history, this.options);
    return run.imported ? detail.catch(unreadable) : detail;
  }

  async history(id: string): Promise<HistoryEvent[]> {
    return (await this.find(id)).history;
  }

  object(object: { bucket: string; key: string; version?: string }) {
    return this.options.stack.object(object);
  }

  /** @returns the newest run in the text */
  import(text: string): Run {
    const runs = this.imports.add(text);
    for (const run of runs) this.live.send('run', run);
    return runs[0] as Run;
  }

  upload(key: string, request: IncomingMessage): Promise<string> {
    return upload(this.writable(), key, request);
  }

  remove(object: { bucket: string; key: string }): Promise<string> {
    return remove(this.writable(), object);
  }

  async again(id: string): Promise<string> {
    const stack = this.writable();
    const { run, history } = await this.find(id);
    if (run.imported)
      throw new Refused(409, "The history of this run was imported, so it can't run again from here.");
    return again(stack, run, history);
  }

  redrive(): Promise<string> {
    // The engine has its queues in one place, so it need not wait.
    return redrive(this.writable(), this.options.target.kind === 'engine' ? 0 : undefined);
  }

  choose(faults: readonly unknown[]): string {
    const { faults: all } = this.options;
    if (!all) {
      throw new Refused(
        403,
        'Faults can be injected only into an engine that runs in the same process as the console: that of npm start, or the one that npm run console starts.',
      );
    }
    const said = all.choose(faults);
    this.reportFaults();
    return said;
  }

  async close(): Promise<void> {
    clearTimeout(this.soon);
    clearInterval(this.regularly);
    this.live.close();
    await this.options.source.close();
  }

  private writable(): DeployedStack {
    if (this.options.writes) return this.options.stack;
    throw new Refused(403, 'The console only reads. To let it write on AWS, start it with --allow-writes.');
  }

  private async find(id: string): Promise<{ run: Run; history: HistoryEvent[] }> {
    const imported = this.imports.get(id);
    if (imported) return imported;
    const { source } = this.options;
    const run = await source.run(id);
    if (!run) {
      throw new Refused(
        404,
        'There is no such run, or it is further back than the console looks. Start it with --since to look further back.',
      );
    }
    return { run, history: await source.history(run) };
  }

  private report(run: Run): void {
    this.live.send('run', run);
    this.reportFaults();
    this.overviewSoon();
  }

  /** Faults are used up by the runs to which they happen. */
  private reportFaults(): void {
    const news = this.options.faults?.news();
    if (news) this.live.send('faults', news);
  }

  private overviewSoon(): void {
    if (this.soon || this.live.listeners === 0) return;
    this.soon = setTimeout(() => {
      this.soon = undefined;
      this.overview().then(
        (overview) => this.live.send('overview', overview),
        // The next change asks again.
        (error: Error) => console.error(error.message),
      );
    }, this.options.overviewAfter).unref();
  }
}
