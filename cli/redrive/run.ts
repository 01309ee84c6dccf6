import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { ObjectEvent } from '../../contract/event';
import { plural, printable } from '../../contract/text';
import { BATCH } from '../lib/aws/connect';
import type { Result } from '../lib/command';
import { batch, type Ending, endedEarly } from '../lib/interruption';
import type { TargetValues } from '../lib/options';
import { progress } from '../lib/progress';
import { openTarget } from '../lib/target';
import { type Counts, type DrainOptions, drain } from './drain';
import { eventIn } from './event-in';
import { QUEUES, type QueueName } from './names';
import { type Held, Queue } from './queue';

/** Starts in progress at the same time: enough for any rate, since a start takes 50 ms. */
const CONCURRENCY = 8;

interface Values extends TargetValues {
  queue: QueueName[];
  'dry-run': boolean;
  /** Starts a second. */
  rate: number;
}

export async function redriveQueues({ queue: names, rate, ...values }: Values): Promise<Result> {
  const target = await openTarget(values);
  try {
    const sqs = target.connect(SQSClient, BATCH);
    const all = await Promise.all(
      names.map(async (name) => {
        // The engine has its queues in one place, so it need not wait.
        const queue = new Queue(sqs, target.outputs[QUEUES[name]] as string, values.local ? 0 : undefined);
        return { name, queue, count: await queue.count() };
      }),
    );
    for (const { name, count } of all) console.log(`${name}: ${plural(count, 'message')}`);
    if (values['dry-run']) {
      for (const { queue, count } of all) if (count > 0) await show(queue);
      const messages = all.reduce((sum, { count }) => sum + count, 0);
      return {
        ok: true,
        summary: `A dry run: ${plural(messages, 'message')} to redrive, nothing was started.`,
      };
    }

    const total: Counts = { started: 0, left: 0, later: 0 };
    const states = target.connect(SFNClient, BATCH);
    const stateMachineArn = target.outputs['state_machine_arn'] as string;
    const start = async (event: ObjectEvent) => {
      await states.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(event) }));
    };
    const ending = await batch(async (signal) => {
      for (const { queue, count } of all.filter(({ count }) => count > 0)) {
        await empty(queue, count, { rate, signal, start }, total);
      }
    });
    return {
      ok: total.left === 0 && !ending.interrupted && !ending.error,
      summary: summary(total, ending, target.hint('executions')),
    };
  } finally {
    await target.close();
  }
}

/** Redrives one queue and shows how far it is. */
async function empty(
  queue: Queue,
  count: number,
  options: Pick<DrainOptions, 'rate' | 'signal' | 'start'>,
  counts: Counts,
): Promise<void> {
  const shown = progress(count, 'messages');
  const all = {
    ...options,
    concurrency: CONCURRENCY,
    onStarted: ({ detail }: ObjectEvent) => shown.step(`started  ${printable(detail.object.key)}`),
    onLeft: (message: Held, problem: string) => shown.step(`left     ${message.id}: ${problem}`),
  };
  try {
    await drain(queue, all, counts);
  } finally {
    shown.stop();
  }
}

async function show(queue: Queue): Promise<void> {
  for (const message of await queue.look()) console.log(`  ${describe(message)}`);
}

/** A message in one line: when it was sent, the object it is about, and why it is in the queue. */
function describe(message: Held): string {
  const found = eventIn(message.body);
  const { ERROR_CODE: code, ERROR_MESSAGE: text } = message.attributes;
  const why = 'event' in found ? (found.reason ?? ([code, text].filter(Boolean).join(': ') || null)) : null;
  const what =
    'event' in found
      ? `${found.event['detail-type']} ${printable(found.event.detail.object.key)}`
      : `${message.id}: ${found.problem}, and would stay`;
  return `${new Date(message.sent).toISOString()}  ${what}${why ? `  (${printable(why)})` : ''}`;
}

function summary(total: Counts, ending: Ending, show: string): string {
  return [
    `${plural(total.started, 'execution')} started. To see how they went: ${show}`,
    ...(total.left > 0
      ? [`${plural(total.left, 'message')} left in the queue: without an event nothing can be started.`]
      : []),
    ...(total.later > 0
      ? [
          `${plural(total.later, 'message')} arrived in the meantime and stay in the queue. Check first whether the same images failed again.`,
        ]
      : []),
    ...endedEarly(ending, 'run it again for the rest. What was not started is back in the queue.'),
  ].join('\n');
}
