/** Which alarms there are, when they go off, and what to look at first. */
import type { WorkflowFunction } from '../functions/workflow-function';
import type { AlarmProps } from './alarm';
import { endpointAlarms } from './endpoint-alarms';
import { functionMetric, machineMetric, queueMetric, ruleMetric, workflowMetric } from './metrics';
import type { Watched } from './watched';

/** Periods of five minutes in half an hour. The backlog takes up what is throttled for less. */
const HALF_AN_HOUR = 6;

/** Periods of five minutes in a quarter of an hour. */
const QUARTER_OF_AN_HOUR = 3;

export function alarmsFor(watched: Watched): AlarmProps[] {
  return [
    ...outcomeAlarms(watched),
    ...queueAlarms(watched),
    ...capacityAlarms(watched),
    ...errorAlarms(watched),
    ...endpointAlarms(watched),
  ];
}

function outcomeAlarms({ settings, stateMachine }: Watched): AlarmProps[] {
  const { alarms, namePrefix } = settings;
  return [
    {
      name: 'failure-ratio',
      description: `${alarms.failurePercent} % or more of the images failed that came to an end within five minutes, ${alarms.minimumImages} at least. Look first at the failures by error name on the dashboard: one name says what is broken, many names that someone uploads broken files.`,
      // Each image that ends is one value of Failed, 0 or 1.
      measure: {
        part: workflowMetric(namePrefix, 'Failed', 'Sum'),
        whole: workflowMetric(namePrefix, 'Failed', 'SampleCount'),
        minimum: alarms.minimumImages,
      },
      threshold: alarms.failurePercent,
    },
    {
      name: 'executions-timed-out',
      description:
        'Executions were ended after five minutes, without their error path: nobody was told, and the records say PROCESSING. Look first at the durations by state on the dashboard, then at npm run stuck.',
      measure: { metric: machineMetric(stateMachine, 'ExecutionsTimedOut', 'Sum') },
      threshold: alarms.timedOutExecutions,
    },
    {
      name: 'stuck-records',
      description:
        'Images have been PROCESSING for more than ten minutes. One that waits in the backlog for capacity is among them: look first whether an alarm of the backlog or of throttles is on, which explains it. Otherwise npm run stuck lists them. Without data, the function that counts them does not run.',
      measure: { metric: workflowMetric(namePrefix, 'StuckRecords', 'Maximum') },
      threshold: alarms.stuckRecords,
      periods: QUARTER_OF_AN_HOUR,
      steady: true,
    },
  ];
}

function queueAlarms({ settings: { alarms, namePrefix }, ...watched }: Watched): AlarmProps[] {
  return [
    {
      name: 'dead-letters',
      description:
        'Events are in the dead-letter queue: for a day EventBridge could not start an execution for them. Look first at the attributes of a message, which name the error. npm run redrive takes them up again.',
      measure: { metric: queueMetric(watched.deadLetters, 'ApproximateNumberOfMessagesVisible', 'Maximum') },
      threshold: alarms.deadLetters,
    },
    {
      name: 'failures-queue',
      description:
        'Failures are in the failure queue: images failed and the errors topic could not be reached, or events were received from the backlog again and again. Look first at a message, which holds the event and the reason. npm run redrive takes them up again.',
      measure: { metric: queueMetric(watched.failures, 'ApproximateNumberOfMessagesVisible', 'Maximum') },
      threshold: alarms.failureMessages,
    },
    ...(['created', 'deleted'] as const).map((event) => ({
      name: `undeliverable-events-${event}`,
      runbook: 'undeliverable-events',
      description: `EventBridge lost events of objects that were ${event}: neither the workflow nor the dead-letter queue took them. Look first at the policy of the queue and, where it is encrypted, of its key.`,
      measure: { metric: ruleMetric(watched.rules[event], 'InvocationsFailedToBeSentToDlq', 'Sum') },
      threshold: alarms.undeliverableEvents,
    })),
    {
      name: 'backlog-age',
      description: `Events have been in the backlog for ${alarms.backlogMinutes} minutes and nobody takes them. Look first at the event source mapping of the resume function: is it enabled, and does the function run?`,
      // SQS leaves out what was received three times or more, so it shows what is not taken up at all.
      measure: { metric: queueMetric(watched.backlog, 'ApproximateAgeOfOldestMessage', 'Maximum') },
      threshold: alarms.backlogMinutes * 60,
    },
    {
      name: 'backlog-waits',
      description: `Events out of the backlog were tried again after ${alarms.backlogMinutes} minutes or more: capacity is short for long. After a day they fail as CapacityExhausted. Look first at the throttles by function on the dashboard, then at the concurrency of the account.`,
      measure: { metric: workflowMetric(namePrefix, 'BacklogAge', 'Maximum') },
      threshold: alarms.backlogMinutes * 60,
    },
  ];
}

function capacityAlarms({ settings: { alarms }, functions }: Watched): AlarmProps[] {
  return [
    {
      name: 'throttles',
      description: `For half an hour functions were throttled ${alarms.throttles} times or more in every five minutes. What is throttled waits in the backlog and is not lost. Look first which function it is on the dashboard: its reserved concurrency is used up, or that of the account.`,
      measure: {
        sum: Object.values(functions).map((lambda: WorkflowFunction) =>
          functionMetric(lambda, 'Throttles', 'Sum'),
        ),
      },
      threshold: alarms.throttles,
      periods: HALF_AN_HOUR,
    },
  ];
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * What a function throws is an error to Lambda, a verdict on the image too: `UnsupportedFormat`, or `Superseded`, which
 * is no failure at all. So the two functions that judge images have a threshold of their own.
 */
const JUDGES: readonly string[] = ['validate', 'thumbnail'];

function errorAlarms({ settings: { alarms }, functions: { watch, ...functions } }: Watched): AlarmProps[] {
  return [
    ...Object.entries(functions).map(([name, lambda]: [string, WorkflowFunction]) => {
      const judges = JUDGES.includes(name);
      const percent = judges ? alarms.refusalPercent : alarms.errorPercent;
      return {
        name: `errors-${kebab(name)}`,
        description: `${percent} % or more of the attempts of ${kebab(name)} within five minutes ended in an error, of ${alarms.minimumInvocations} at least. ${judges ? 'That includes images it refused and events that were overtaken. ' : ''}Look first at the error names in its log group.`,
        measure: {
          part: functionMetric(lambda, 'Errors', 'Sum'),
          whole: functionMetric(lambda, 'Invocations', 'Sum'),
          minimum: alarms.minimumInvocations,
        },
        threshold: percent,
      };
    }),
    {
      name: 'errors-watch',
      description:
        'The function that counts stuck records failed for a quarter of an hour: until it runs again, no alarm tells of them. Look first at its log group.',
      measure: { metric: functionMetric(watch, 'Errors', 'Sum') },
      threshold: 1,
      periods: QUARTER_OF_AN_HOUR,
    },
  ];
}
