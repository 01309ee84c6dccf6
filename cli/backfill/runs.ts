/** The runs of a stack, as Step Functions has them. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  type BackfillInput,
  type Counts,
  countsIn,
  RESULTS_PREFIX,
  RUN_PREFIX,
} from '../../contract/backfill';
import { BATCH } from '../lib/aws/connect';
import { UsageError } from '../lib/command';
import type { Target } from '../lib/target';

export interface Run {
  name: string;
  executionArn: string;
  status: string;
  startDate: Date;
  stopDate?: Date;
  input: BackfillInput;
  error?: string;
  cause?: string;
}

/** How far a run is. */
export interface Progress {
  run: Run;
  counts: Counts;
  /** Objects that it has found; undefined until it has read them all. */
  objects?: number;
  /** Objects in batches that failed. */
  unfinished: number;
}

/** What the result writer says of a child. */
export interface ChildResult {
  Status: string;
  Output?: string;
  Error?: string;
  Cause?: string;
}

export class Runs {
  private readonly states: SFNClient;
  private readonly table: DynamoDBClient;
  private readonly s3: S3Client;
  readonly machine: string;

  /** @throws UsageError if the stack has no backfills */
  constructor(private readonly target: Target) {
    const machine = target.outputs['backfill_state_machine_arn'];
    if (!machine) {
      throw new UsageError(
        'Expected a stack with backfills but this one has none. Set backfill.enabled to true in the settings, then deploy',
      );
    }
    this.machine = machine;
    this.states = target.connect(SFNClient, BATCH);
    this.table = target.connect(DynamoDBClient, BATCH);
    this.s3 = target.connect(S3Client, BATCH);
  }

  /** The run that is under way. */
  async running(): Promise<string | undefined> {
    const { executions = [] } = await this.states.send(
      new ListExecutionsCommand({ stateMachineArn: this.machine, statusFilter: 'RUNNING', maxResults: 1 }),
    );
    return executions[0]?.name;
  }

  /** @param name of the latest one by default @throws UsageError if there is none */
  async find(name?: string): Promise<Run> {
    const arn = name === undefined ? await this.latest() : this.arnOf(name);
    const found = await this.states
      .send(new DescribeExecutionCommand({ executionArn: arn }))
      .catch((error: Error) => {
        if (error.name !== 'ExecutionDoesNotExist') throw error;
        throw new UsageError(`Expected the name of a run but there is none named "${name}"`);
      });
    return {
      name: found.name as string,
      executionArn: arn,
      status: found.status as string,
      startDate: found.startDate as Date,
      ...(found.stopDate && { stopDate: found.stopDate }),
      input: JSON.parse(found.input ?? '{}') as BackfillInput,
      ...(found.error && { error: found.error }),
      ...(found.cause && { cause: found.cause }),
    };
  }

  async start(name: string, input: BackfillInput): Promise<Run> {
    await this.states.send(
      new StartExecutionCommand({ stateMachineArn: this.machine, name, input: JSON.stringify(input) }),
    );
    return this.find(name);
  }

  async stop({ executionArn }: Run): Promise<void> {
    await this.states.send(
      new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'Someone stopped it.' }),
    );
  }

  async redrive({ executionArn }: Run): Promise<void> {
    await this.states.send(new RedriveExecutionCommand({ executionArn }));
  }

  async progress(name: string): Promise<Progress> {
    const run = await this.find(name);
    const [{ Item = {} }, mapRunArn] = await Promise.all([
      this.table.send(
        new GetItemCommand({
          TableName: this.target.outputs['records_table'],
          Key: marshall({ id: `${RUN_PREFIX}${name}` }),
          ConsistentRead: true,
        }),
      ),
      this.mapRunOf(run),
    ]);
    const counts = countsIn(unmarshall(Item));
    if (!mapRunArn) return { run, counts, unfinished: 0 };
    const { itemCounts } = await this.states.send(new DescribeMapRunCommand({ mapRunArn }));
    const { total = 0, failed = 0, timedOut = 0 } = itemCounts ?? {};
    return { run, counts, objects: total, unfinished: failed + timedOut };
  }

  /** The results of all children, file by file; undefined if there is no report of the run yet. */
  async results(run: Run): Promise<AsyncGenerator<ChildResult[]> | undefined> {
    const Bucket = this.target.outputs['quarantine_bucket'] as string;
    const id = (await this.mapRunOf(run))?.split(':').at(-1);
    const manifest = id && (await this.read(Bucket, `${RESULTS_PREFIX}/${id}/manifest.json`));
    if (!manifest) return undefined;
    const { ResultFiles } = manifest as { ResultFiles: Record<string, { Key: string }[]> };
    const files = Object.values(ResultFiles).flat();
    const read = (key: string) => this.read(Bucket, key) as Promise<ChildResult[]>;
    return (async function* () {
      for (const { Key } of files) yield await read(Key);
    })();
  }

  private async read(Bucket: string, Key: string): Promise<unknown> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket, Key }));
      return JSON.parse(await Body!.transformToString());
    } catch (error) {
      if ((error as S3ServiceException).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  private async mapRunOf({ executionArn }: Run): Promise<string | undefined> {
    const { mapRuns = [] } = await this.states.send(new ListMapRunsCommand({ executionArn }));
    return mapRuns[0]?.mapRunArn;
  }

  private async latest(): Promise<string> {
    const { executions = [] } = await this.states.send(
      new ListExecutionsCommand({ stateMachineArn: this.machine, maxResults: 1 }),
    );
    const [latest] = executions;
    if (latest) return latest.executionArn as string;
    throw new UsageError('Expected a run but none was started in the last 90 days');
  }

  private arnOf(name: string): string {
    return `${this.machine.replace(':stateMachine:', ':execution:')}:${name}`;
  }
}
