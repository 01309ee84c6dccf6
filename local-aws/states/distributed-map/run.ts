/** Runs a Distributed Map: reads its items, starts a child for each batch, and writes the results. */

import { randomUUID } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import type { StateMachine } from '../../stack/model';
import { prepare, type RunningExecution, runExecution } from '../execution';
import type { Recorder } from '../history';
import { checkSize, type TaskServices } from '../task';
import { type DistributedMap, fill, follow, MOST_CHILDREN } from './definition';
import { batched, inventoried, listed } from './items';
import { type Child, Journal } from './journal';
import { checkDestination, type Destination, folderIn, writeResults } from './results';

/** What a Map Run needs of the engine. */
export interface MapServices {
  tasks: TaskServices;
  /** Asks whether the role of the machine may do something to a machine or an execution. */
  allow(role: string, action: string, resource: string): Promise<void>;
  /** S3, called with a role's rights. */
  s3(role: string): Promise<S3Client>;
  waitScale?: number;
}

export interface MapOptions {
  machine: StateMachine;
  map: DistributedMap;
  executionArn: string;
  /** The context object, as paths with `$$` see it. */
  context: Record<string, unknown>;
  input: unknown;
  dataDir: string;
  /** The Map Run that an earlier attempt of this state has begun. */
  earlier?: Journal;
  /** Gets the Map Run when it begins. */
  onBegin(journal: Journal): void;
  services: MapServices;
  record: Recorder;
  /** Aborted when the execution is stopped, or the engine. */
  signal: AbortSignal;
}

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

/**
 * @returns what the state answers
 * @throws Error with the name that Step Functions gives to what went wrong
 */
export async function runMap(options: MapOptions): Promise<object> {
  const { machine, map, services, input, context, executionArn, record, signal } = options;
  // The interpreter reports in the background, so its earlier reports must reach the history first.
  await new Promise(setImmediate);
  const journal = options.earlier ?? begin(options);
  if (journal.status === 'SUCCEEDED') return journal.output as object;
  const { role } = machine;
  const s3 = await services.s3(role);
  const destination = fill(map.results, input, context) as unknown as Destination;
  const arnOf = (kind: string, rest: string) => machine.arn.replace(/:stateMachine:.*/, `:${kind}:${rest}`);
  if (!options.earlier) {
    options.onBegin(journal);
    record('MapRunStarted', { mapRunArn: journal.run.mapRunArn });
  }
  const stopping = { aborted: false };

  try {
    const manifest = `${folderIn(destination, journal.run.id)}manifest.json`;
    await checkDestination(s3, destination, manifest).catch((error: Error) => {
      throw named('States.ResultWriterFailed', reasonOf(error));
    });
    if (!journal.isRead) await readItems();
    await services.allow(
      role,
      'states:DescribeExecution',
      arnOf('execution', `${machine.name}:${journal.run.id}`),
    );
    await runChildren();
    if (signal.aborted) throw named('States.Aborted', 'The execution was stopped');
    assertTolerated();
    const details = await writeResults(
      s3,
      destination,
      journal,
      inputOf,
      `${machine.arn}/${map.label}`,
    ).catch((error: Error) => {
      throw named('States.ResultWriterFailed', reasonOf(error));
    });
    const output = { MapRunArn: journal.run.mapRunArn, ResultWriterDetails: details };
    journal.finish('SUCCEEDED', output);
    record('MapRunSucceeded', {});
    return output;
  } catch (error) {
    // The engine is stopping: the next one goes on where this one was.
    if (!signal.aborted) {
      journal.finish('FAILED');
      record('MapRunFailed', { error: (error as Error).name, cause: (error as Error).message });
    }
    throw error;
  }

  async function readItems(): Promise<void> {
    const { reader, batch } = map;
    const { Bucket, Prefix = '', Key } = fill(reader.parameters, input, context) as Record<string, string>;
    const all = Number(
      (reader.maxItemsPath ? follow(reader.maxItemsPath, input, context) : reader.maxItems) ??
        Number.POSITIVE_INFINITY,
    );
    const items = reader.kind === 'list' ? listed(s3, Bucket!, Prefix) : inventoried(s3, Bucket!, Key!);
    journal.reading();
    try {
      for await (const group of batched(items, { ...batch, all })) {
        if (signal.aborted) throw named('States.Aborted', 'The execution was stopped');
        journal.batch(group);
      }
    } catch (error) {
      if (signal.aborted) throw error;
      throw named('States.ItemReaderFailed', reasonOf(error as Error));
    }
    journal.read();
    await journal.flushed();
  }

  function inputOf({ items }: Child): object {
    const { input: template } = map.batch;
    return { ...(template && { BatchInput: fill(template, input, context) }), Items: items };
  }

  async function runChildren(): Promise<void> {
    const definition = prepare(map.processor, services.waitScale);
    const child: StateMachine = {
      ...machine,
      type: 'EXPRESS',
      arn: `${machine.arn}/${map.label}`,
      name: `${machine.name}/${map.label}`,
      definition: map.processor,
    };
    const queue = journal.children.filter(({ status }) => status === 'PENDING');
    const running = new Set<RunningExecution>();
    const stopAll = () => {
      stopping.aborted = true;
      for (const run of running) run.abort('The Map Run was stopped.');
    };
    signal.addEventListener('abort', stopAll);
    let failure: unknown;

    async function worker(): Promise<void> {
      for (let next = queue.shift(); next && !stopping.aborted; next = queue.shift()) {
        try {
          await one(next);
        } catch (error) {
          failure ??= error;
          stopAll();
        }
      }
    }

    async function one(next: Child): Promise<void> {
      await services.allow(role, 'states:StartExecution', machine.arn);
      if (stopping.aborted) return;
      const name = randomUUID();
      const executionArn = `${arnOf('express', child.name)}:${name}:${randomUUID()}`;
      const childInput = inputOf(next);
      checkSize('input of a child', childInput);
      const run = runExecution({
        machine: child,
        definition,
        execution: {
          id: name,
          executionArn,
          stateMachineArn: child.arn,
          name,
          status: 'RUNNING',
          startDate: Date.now(),
        },
        input: childInput,
        services: services.tasks,
        write: (event) => {
          if (event.type === 'ExecutionSucceeded') output = String(event.details['output']);
        },
      });
      let output: string | undefined;
      running.add(run);
      const { status, error, cause, startDate, stopDate = Date.now() } = await run.ended;
      running.delete(run);
      // It was cut short, so it runs again when the Map Run goes on.
      if (status === 'ABORTED' || status === 'RUNNING') return;
      journal.end({
        ...{ n: next.n, status, executionArn, name, startDate, stopDate },
        ...(output !== undefined && { output }),
        ...(error && { error }),
        ...(cause && { cause }),
      });
      if (isExceeded()) {
        await services.allow(role, 'states:StopExecution', arnOf('execution', `${machine.name}:${name}`));
        stopAll();
      }
    }

    const workers = Math.min(journal.run.maxConcurrency, queue.length);
    await Promise.all(Array.from({ length: workers }, worker));
    signal.removeEventListener('abort', stopAll);
    if (failure) throw failure;
  }

  /** All items of a child that failed count. */
  function isExceeded(): boolean {
    const count = (children: Child[]) => children.reduce((sum, { items }) => sum + items.length, 0);
    const failed = count(
      journal.children.filter(({ status }) => status === 'FAILED' || status === 'TIMED_OUT'),
    );
    return failed * 100 > map.toleratedPercent * count(journal.children);
  }

  function assertTolerated(): void {
    if (!isExceeded()) return;
    throw named(
      'States.ExceedToleratedFailureThreshold',
      `More than ${map.toleratedPercent} % of the items of ${executionArn} failed. The first cause: ${firstCause(journal)}`,
    );
  }
}

/** The answer to a HEAD request has no body, and so no name. */
function reasonOf(error: Error & { $metadata?: { httpStatusCode?: number } }): string {
  const isDenied = error.$metadata?.httpStatusCode === 403;
  return isDenied ? `AccessDenied: ${error.message}` : `${error.name}: ${error.message}`;
}

function firstCause({ children }: Journal): string {
  const { error, cause } = children.find(({ ended }) => ended?.error)?.ended ?? {};
  return `${error}: ${cause}`.slice(0, 500);
}

function begin({ machine, map, executionArn, input, context, dataDir }: MapOptions): Journal {
  const id = randomUUID();
  const asked = Number(
    (map.maxConcurrencyPath ? follow(map.maxConcurrencyPath, input, context) : map.maxConcurrency) ?? 0,
  );
  return Journal.begin(dataDir, {
    id,
    mapRunArn: machine.arn.replace(/:stateMachine:.*/, `:mapRun:${machine.name}/${map.label}:${id}`),
    executionArn,
    state: map.state,
    startDate: Date.now(),
    maxConcurrency: asked === 0 ? MOST_CHILDREN : Math.min(asked, MOST_CHILDREN),
    toleratedPercent: map.toleratedPercent,
  });
}
