import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { plural, printable } from '../../contract/text';
import { command, parse, UsageError } from '../lib/arguments';
import { positive, TARGET } from '../lib/options';
import { interruption } from '../lib/pace';
import { progress } from '../lib/progress';
import { openTarget } from '../lib/target';
import { drain } from './drain';
import { eventIn } from './event-in';
import { type Held, Queue } from './queue';

const USAGE = `Usage: npm run redrive -- [--queue NAME] [--dry-run] [--rate N] [--local [--data DIR]]

Starts an execution for each event in the dead-letter queue (events for which EventBridge could not start one) and in the
failure queue (failures nobody could be told of, and events the backlog gave up), and takes it out of the queue.

  --queue NAME  dead-letters, failures or both  (default: both)
  --dry-run     count, and show some of them, without starting any
  --rate N      executions started in a second at most  (default: 5)
  --local       the engine on this machine rather than AWS
  --data DIR    where the local engine keeps its data  (default: .local)

Put right first what made them fail: an image at fault fails again. It is safe to stop it and to run it again. A message
is deleted only when its execution was accepted, so at worst an event runs twice, and that does no harm: the record and
the thumbnails are written under conditions, and people are told once for each version of an object.

Exit status: 0 all redriven, 1 some stay in the queue, 2 wrong usage.`;

/** Outputs of the stack that name the queues. */
const QUEUES = { 'dead-letters': 'dead_letter_queue_url', failures: 'failure_queue_url' } as const;
type Name = keyof typeof QUEUES;

/** Starts under way at the same time: enough for any rate at the 50 ms a start takes. */
const CONCURRENCY = 8;

command(USAGE, async () => {
  const { values } = parse({
    queue: { type: 'string', default: 'both' },
    'dry-run': { type: 'boolean', default: false },
    rate: { type: 'string', default: '5' },
    ...TARGET,
  });
  const names = queues(values.queue);
  const rate = positive(values.rate, '--rate');
  const target = await openTarget(values);
  try {
    const sqs = new SQSClient(target.client);
    const all = await Promise.all(
      names.map(async (name) => {
        const queue = new Queue(sqs, target.outputs[QUEUES[name]] as string);
        return { name, queue, count: await queue.count() };
      }),
    );
    for (const { name, count } of all) console.log(`${name}: ${plural(count, 'message')}`);
    if (values['dry-run']) {
      for (const { queue, count } of all) if (count > 0) await show(queue);
      return 0;
    }

    const states = new SFNClient(target.client);
    const stateMachineArn = target.outputs['state_machine_arn'] as string;
    const signal = interruption();
    const total = { started: 0, left: 0, later: 0 };
    for (const { queue, count } of all.filter(({ count }) => count > 0)) {
      const shown = progress(count, 'messages');
      try {
        const counts = await drain(queue, {
          rate,
          concurrency: CONCURRENCY,
          signal,
          start: async (event) => {
            await states.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(event) }));
          },
          onStarted: ({ detail }) => shown.step(`started  ${printable(detail.object.key)}`),
          onLeft: (message, problem) => shown.step(`left     ${message.id}: ${problem}`),
        });
        for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += counts[key];
      } finally {
        shown.stop();
      }
    }
    console.log(summary(total, signal.aborted, values.local ? '' : ' -- --aws'));
    return total.left > 0 || signal.aborted ? 1 : 0;
  } finally {
    await target.close();
  }
});

/** @throws UsageError for a name no queue has */
function queues(name: string): Name[] {
  if (name === 'both') return Object.keys(QUEUES) as Name[];
  if (name in QUEUES) return [name as Name];
  throw new UsageError(`Expected dead-letters, failures or both for --queue but received "${name}"`);
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

function summary(
  total: { started: number; left: number; later: number },
  interrupted: boolean,
  where: string,
): string {
  return [
    `${plural(total.started, 'execution')} started. npm run executions${where} shows what comes of them.`,
    ...(total.left > 0
      ? [`${plural(total.left, 'message')} left in the queue: without an event none can be started.`]
      : []),
    ...(total.later > 0
      ? [
          `${plural(total.later, 'message')} came in meanwhile and stayed: look first whether they fail again.`,
        ]
      : []),
    ...(interrupted ? ['Stopped early: run it again for the rest.'] : []),
  ].join('\n');
}
