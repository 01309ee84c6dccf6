/** What STANDARD state machines have and EXPRESS ones don't: unique names, executions that outlive the engine, and Map Runs. */

import type { StateMachine } from '../stack/model';
import { distributedMap } from './distributed-map/definition';
import { Journal } from './distributed-map/journal';
import type { MapServices } from './distributed-map/run';
import type { RunMap } from './execution';
import type { Execution, HistoryEvent } from './history';

/** Where a history has ended: the state that was entered last, with what it was given. */
export interface Position {
  state?: string;
  input: unknown;
  lastEvent: number;
}

/**
 * From where an execution goes on. The state that it was in runs again: what Tasks call may be called twice, and a Map goes on
 * with the children that are left.
 */
export function positionIn(history: HistoryEvent[]): Position {
  const entered = history.filter(({ type }) => type.endsWith('StateEntered')).at(-1);
  const started = history.find(({ type }) => type === 'ExecutionStarted');
  const input = JSON.parse(String((entered ?? started)?.details['input'] ?? '{}'));
  return {
    ...(entered && { state: String(entered.details['name']) }),
    input,
    lastEvent: Number(history.at(-1)?.id ?? 0),
  };
}

/** The Map Runs of a data folder, and what carries out new ones. */
export class MapRuns {
  private readonly journals: Journal[];

  constructor(
    private readonly dataDir: string,
    private readonly services: MapServices,
  ) {
    this.journals = Journal.all(dataDir);
  }

  /** Newest first. */
  of(executionArn: string): Journal[] {
    return this.journals.filter(({ run }) => run.executionArn === executionArn).reverse();
  }

  find(mapRunArn: string): Journal | undefined {
    return this.journals.find(({ run }) => run.mapRunArn === mapRunArn);
  }

  /** Carries out the Map states of an execution. */
  runnerOf(machine: StateMachine, { executionArn }: Execution): RunMap {
    const states = machine.definition['States'] as Record<string, Record<string, unknown>>;
    return async (state, input, { context, record, signal }) => {
      // Only stacks with a Map state need the client of S3.
      const { runMap } = await import('./distributed-map/run.ts');
      return runMap({
        machine,
        map: distributedMap(state, states[state]!),
        executionArn,
        context,
        input,
        dataDir: this.dataDir,
        earlier: this.of(executionArn).find(({ run }) => run.state === state),
        onBegin: (journal) => this.journals.push(journal),
        services: this.services,
        record,
        signal,
      });
    };
  }

  /** Ends those of an execution that are running. */
  abort(executionArn: string): void {
    for (const journal of this.of(executionArn)) if (journal.status === 'RUNNING') journal.finish('ABORTED');
  }

  /**
   * Makes the children of those run again that did not succeed.
   *
   * @throws AwsError AccessDenied if the role of the machine may not
   */
  async redrive(machine: StateMachine, executionArn: string): Promise<void> {
    for (const journal of this.of(executionArn)) {
      if (journal.status === 'SUCCEEDED') continue;
      const resource = journal.run.mapRunArn.replace(':mapRun:', ':execution:');
      await this.services.allow(machine.role, 'states:RedriveExecution', resource);
      journal.redrive();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.journals.map((journal) => journal.close()));
  }
}
