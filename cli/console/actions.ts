/** What a person does in the console: upload, delete, run again, redrive. Each answers with a sentence. */
import type { IncomingMessage } from 'node:http';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { ObjectEvent } from '../../contract/event';
import { plural, printable } from '../../contract/text';
import type { HistoryEvent } from '../../local-aws/history';
import { BATCH } from '../lib/aws/connect';
import { type Counts, drain } from '../redrive/drain';
import { QUEUES } from '../redrive/names';
import { Queue } from '../redrive/queue';
import { portsOf } from '../replay/ports';
import { replay } from '../replay/replay';
import type { Run } from './api';
import { Refused } from './refused';
import type { DeployedStack } from './stack';

/** docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY = 1_024;

/** Bytes. S3 takes 5 GB at once, but no picture has so many. */
const LARGEST_UPLOAD = 500_000_000;

/** Executions begun a second, and starts at the same time. */
const PACE = { rate: 5, concurrency: 4 };

/** Milliseconds after which a redrive stops, since a page waits for it. */
const LONGEST_REDRIVE = 60_000;

/** Stores what a request sends under a key. */
export async function upload(stack: DeployedStack, key: string, request: IncomingMessage): Promise<string> {
  assertKey(key);
  const size = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(size)) throw new Refused(411, 'The request has to say how long the file is.');
  if (size > LARGEST_UPLOAD) {
    throw new Refused(
      413,
      `The file has ${size.toLocaleString('en-US')} bytes; the console uploads at most ${LARGEST_UPLOAD.toLocaleString('en-US')}.`,
    );
  }
  await stack.s3.send(
    new PutObjectCommand({ Bucket: stack.uploads, Key: key, Body: request, ContentLength: size }),
  );
  return `${key} is uploaded.`;
}

function assertKey(key: string): void {
  if (key === '' || Buffer.byteLength(key) > LONGEST_KEY) {
    throw new Refused(
      400,
      `Expected a key of 1 to ${LONGEST_KEY.toLocaleString('en-US')} bytes. Choose a shorter name.`,
    );
  }
  if (printable(key) !== key) {
    throw new Refused(
      400,
      `The key ${printable(key)} has characters that can't be seen. Choose another name.`,
    );
  }
}

/** Deletes the current version of an upload. The workflow then removes its thumbnails. */
export async function remove(
  stack: DeployedStack,
  { bucket, key }: { bucket: string; key: string },
): Promise<string> {
  if (bucket !== stack.uploads) {
    throw new Refused(
      403,
      `The console deletes objects of ${stack.uploads} only: the workflow then removes their thumbnails.`,
    );
  }
  await stack.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  return `${printable(key)} is deleted.`;
}

/**
 * Runs the recorded version of an image again, as `npm run replay` does. What has no record is started with the same input again.
 *
 * @throws Refused if there is nothing to run, or if that would do nothing
 */
export async function again(
  stack: DeployedStack,
  run: Run,
  history: readonly HistoryEvent[],
): Promise<string> {
  const input = history.find(({ type }) => type === 'ExecutionStarted')?.details['input'];
  const { object } = run;
  if (object && object.bucket !== stack.uploads) {
    throw new Refused(
      409,
      `This run is about an object of ${object.bucket}, which isn't the uploads bucket of this workflow.`,
    );
  }
  const start = async (text: string) => {
    await stack.states.send(new StartExecutionCommand({ stateMachineArn: stack.machineArn, input: text }));
  };
  if (object) {
    const name = printable(object.key);
    let deletes = false;
    const ports = {
      ...portsOf(stack.target, stack.records),
      run: async (event: ObjectEvent) => {
        deletes = event['detail-type'] === 'Object Deleted';
        await start(JSON.stringify(event));
        return { kind: 'waiting' as const };
      },
    };
    const outcome = await replay(object.key, false, ports);
    if (outcome.kind === 'gone') throw new Refused(409, `${name} can't run again: ${outcome.reason}.`);
    if (outcome.kind === 'superseded') {
      throw new Refused(
        409,
        `There is a newer version of ${name} than the one in its record, which has a run of its own.`,
      );
    }
    if (outcome.kind !== 'skipped') {
      return deletes ? `${name} was deleted; its deletion is running again.` : `${name} is running again.`;
    }
  }
  if (typeof input !== 'string') throw new Refused(409, 'The history has no input, so it can’t run again.');
  await start(input);
  return 'It is running again, with the same input.';
}

/** Starts every event that waits in the dead-letter queue and in the failure queue. */
export async function redrive(stack: DeployedStack, waitSeconds?: number): Promise<string> {
  const sqs = stack.target.connect(SQSClient, BATCH);
  const counts: Counts = { started: 0, left: 0, later: 0 };
  for (const output of Object.values(QUEUES)) {
    const queue = new Queue(sqs, stack.output(output), waitSeconds);
    if ((await queue.count()) === 0) continue;
    const options = {
      ...PACE,
      signal: AbortSignal.timeout(LONGEST_REDRIVE),
      start: async (event: object) => {
        await stack.states.send(
          new StartExecutionCommand({ stateMachineArn: stack.machineArn, input: JSON.stringify(event) }),
        );
      },
      onStarted: () => {},
      onLeft: () => {},
    };
    await drain(queue, options, counts);
  }
  const { started, left } = counts;
  if (started === 0 && left === 0) return 'No event waits in the dead-letter queue or the failure queue.';
  return `${plural(started, 'run')} started.${left > 0 ? ` ${plural(left, 'message')} stay in the queue: no event is in them.` : ''}`;
}
