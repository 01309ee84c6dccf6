/** Data folders with many runs, made from two real ones: one that was done, one that failed. */
import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { connectTo } from '../../cli/lib/session';
import { startWorkflowEngine } from '../../cli/lib/workflow-engine';
import { type Execution, type HistoryEvent, readExecutions, readHistory } from '../../local-aws/history';

/** Milliseconds between the starts of two runs. */
const APART = 1_000;

/** One of so many runs failed. */
const FAILED = 10;

/** Runs the workflow once with a picture and once with text. The data folder is left without an engine. */
export async function makeTwoRuns(dataDir: string, pictureFile: string): Promise<void> {
  const engine = await startWorkflowEngine({ dataDir, port: 0, log: () => {} });
  try {
    const s3 = connectTo(engine)(S3Client);
    const Bucket = String(engine.stack.outputs['uploads_bucket']);
    for (const [Key, Body] of [
      ['picture.jpg', await readFile(pictureFile)],
      ['text.jpg', 'just text'],
    ] as const) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      await engine.idle();
    }
  } finally {
    await engine.close();
  }
}

/** Copies the folder, and then its runs until there are so many, each with an id and a time of its own. */
export async function multiply(from: string, to: string, count: number): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  const runs = readExecutions(from).map((execution) => ({
    execution,
    events: readHistory(from, execution.id),
  }));
  const [done, failed] = [runOf(runs, 'SUCCEEDED'), runOf(runs, 'FAILED')];
  const folder = path.join(to, 'executions');
  const index: string[] = [];
  // The oldest comes first, as in a folder that grew.
  for (let n = count - runs.length; n > 0; n--) {
    const { execution, events } = n % FAILED === 0 ? failed : done;
    const copy = copied(execution, events, n);
    index.push(`${JSON.stringify(copy.execution)}\n`);
    await writeFile(path.join(folder, `${copy.execution.id}.jsonl`), copy.history);
  }
  const file = path.join(folder, 'index.jsonl');
  const own = await readFile(file, 'utf8');
  await writeFile(file, index.join(''));
  await appendFile(file, own);
}

interface Made {
  execution: Execution;
  events: HistoryEvent[];
}

function runOf(runs: Made[], status: Execution['status']): Made {
  const found = runs.find(({ execution }) => execution.status === status);
  if (!found) throw new Error(`Expected a run that ${status} but received none`);
  return found;
}

function copied(execution: Execution, events: HistoryEvent[], n: number) {
  const id = `${String(n).padStart(8, '0')}${execution.id.slice(8)}`;
  const executionArn = execution.executionArn.replace(execution.id, id);
  const earlier = (time: number) => time - n * APART;
  const { startDate, stopDate } = execution;
  return {
    execution: {
      ...execution,
      id,
      executionArn,
      startDate: earlier(startDate),
      ...(stopDate !== undefined && { stopDate: earlier(stopDate) }),
    },
    history: events
      .map((event) => ({
        ...event,
        execution_arn: executionArn,
        event_timestamp: String(earlier(Number(event.event_timestamp))),
      }))
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  };
}
