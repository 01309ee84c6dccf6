/** All alarms: when they go off, what users notice, where to look first, and what to run. */
import { CATALOGUE } from '../catalogue';
import type { BackgroundFunction, StateFunction } from '../catalogue/entry';
import type { AlarmProps } from './alarm';
import { endpointAlarms } from './endpoint-alarms';
import { functionMetric, machineMetric, queueMetric, ruleMetric, workflowMetric } from './metrics';
import type { Watched, WatchedFunctions } from './watched';

/** Periods of five minutes in half an hour. The backlog copes with throttling that is shorter. */
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

function outcomeAlarms({ settings, stateMachine, backfill }: Watched): AlarmProps[] {
  const { alarms, namePrefix } = settings;
  return [
    {
      name: 'failure-ratio',
      description: `Of the images that finished within five minutes (at least ${alarms.minimumImages}), ${alarms.failurePercent} % or more failed. Their uploaders have no thumbnails.`,
      lookAt:
        'the failures by error name on the dashboard: one name means that something is broken, many names mean that someone uploads broken files',
      run: 'npm run replay -- --failed-since 2h --dry-run',
      // Each image that finishes is one value of Failed, 0 or 1.
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
        'Step Functions ended executions after five minutes without running their error path. Nobody was notified, there is no copy in quarantine, and the records still say PROCESSING.',
      lookAt: 'the durations by state on the dashboard',
      run: 'npm run stuck',
      measure: { metric: machineMetric(stateMachine, 'ExecutionsTimedOut', 'Sum') },
      threshold: alarms.timedOutExecutions,
    },
    ...(backfill ? [backfillFailed(backfill)] : []),
    {
      name: 'stuck-records',
      description:
        'Images have been PROCESSING for more than ten minutes, and their uploaders still wait. If this alarm has insufficient data, the function that counts them does not run.',
      lookAt:
        'the alarms backlog-age, backlog-waits and throttles: if one of them is on as well, the images only wait for capacity',
      run: 'npm run stuck',
      measure: { metric: workflowMetric(namePrefix, 'StuckRecords', 'Maximum') },
      threshold: alarms.stuckRecords,
      periods: QUARTER_OF_AN_HOUR,
      steady: true,
    },
  ];
}

/** A run that ends well sends a mail itself. This says that one did not, and so will not. */
const backfillFailed = (machine: { arn: string }): AlarmProps => ({
  name: 'backfill-failed',
  description:
    'A backfill stopped before it had looked at every image: its objects could not be listed, its report not written, or too many batches failed for reasons that lie in no image. What is made stays, and uploads are not affected.',
  lookAt: 'the error of the execution, then the causes of the batches that failed',
  run: 'npm run backfill -- --status',
  measure: { metric: machineMetric(machine, 'ExecutionsFailed', 'Sum') },
  threshold: 1,
});

function queueAlarms({ settings: { alarms, namePrefix }, ...watched }: Watched): AlarmProps[] {
  return [
    {
      name: 'dead-letters',
      description:
        'EventBridge could not start an execution for some events and put them into the dead-letter queue. These images have no thumbnails and no record.',
      lookAt: 'ERROR_CODE and ERROR_MESSAGE, which are attributes of each message in that queue',
      run: 'npm run redrive -- --queue dead-letters --dry-run',
      measure: { metric: queueMetric(watched.deadLetters, 'ApproximateNumberOfMessagesVisible', 'Maximum') },
      threshold: alarms.deadLetters,
    },
    {
      name: 'failures-queue',
      description:
        'Images failed and nobody could be notified because the errors topic refused the message, or events came out of the backlog again and again without finishing.',
      lookAt: 'a message of the failure queue, which holds the event and the reason',
      run: 'npm run redrive -- --queue failures --dry-run',
      measure: { metric: queueMetric(watched.failures, 'ApproximateNumberOfMessagesVisible', 'Maximum') },
      threshold: alarms.failureMessages,
    },
    ...(['created', 'deleted'] as const).map((event) => ({
      name: `undeliverable-events-${event}`,
      section: 'undeliverable-events',
      description: `EventBridge lost events of objects that were ${event}: it could neither start the workflow nor put them into the dead-letter queue. ${event === 'created' ? 'These uploads stay without thumbnails' : 'Thumbnails of these deleted images stay'} until someone acts.`,
      lookAt:
        'the policy of the dead-letter queue and, if the queue has a customer-managed key, at its key policy',
      run: 'npx cdktf diff thumbnail-workflow',
      measure: { metric: ruleMetric(watched.rules[event], 'InvocationsFailedToBeSentToDlq', 'Sum') },
      threshold: alarms.undeliverableEvents,
    })),
    {
      name: 'backlog-age',
      description: `Events have been in the backlog for ${alarms.backlogMinutes} minutes and nothing takes them out. These images wait for their thumbnails.`,
      lookAt: 'the event source mapping of the resume function: is it enabled, and does the function run?',
      run: `aws lambda list-event-source-mappings --function-name ${namePrefix}-resume --query 'EventSourceMappings[].[UUID,State]'`,
      // SQS ignores messages that were received three times or more, so this sees only those that nothing takes out.
      measure: { metric: queueMetric(watched.backlog, 'ApproximateAgeOfOldestMessage', 'Maximum') },
      threshold: alarms.backlogMinutes * 60,
    },
    {
      name: 'backlog-waits',
      description: `Events have waited for capacity for ${alarms.backlogMinutes} minutes or more. These images wait for their thumbnails; after a day they fail as CapacityExhausted.`,
      lookAt: 'the throttles by function on the dashboard, then at the concurrency of the account',
      run: 'aws lambda get-account-settings --query AccountLimit',
      measure: { metric: workflowMetric(namePrefix, 'BacklogAge', 'Maximum') },
      threshold: alarms.backlogMinutes * 60,
    },
  ];
}

function capacityAlarms({ settings: { alarms }, functions }: Watched): AlarmProps[] {
  return [
    {
      name: 'throttles',
      description: `Functions were throttled ${alarms.throttles} times or more in every five minutes of half an hour. Throttled events wait in the backlog and are not lost, but their thumbnails come late.`,
      lookAt:
        'the throttles by function on the dashboard: either the reserved concurrency of that function or the concurrency of the account is used up',
      run: 'aws lambda get-account-settings --query AccountLimit',
      measure: {
        sum: Object.values(functions).map((lambda) => functionMetric(lambda, 'Throttles', 'Sum')),
      },
      threshold: alarms.throttles,
      periods: HALF_AN_HOUR,
    },
  ];
}

function errorAlarms(watched: Watched): AlarmProps[] {
  const { namePrefix } = watched.settings;
  const keys = Object.keys(watched.functions) as (keyof WatchedFunctions)[];
  return [
    ...keys.flatMap((key) => attemptsAlarm(key, watched)),
    {
      name: 'errors-watch',
      description:
        'The function that counts stuck records has failed for a quarter of an hour. Until it runs again, the alarm stuck-records cannot go off.',
      lookAt: `its log group, /aws/lambda/${namePrefix}-watch; until it is fixed, count by hand`,
      run: 'npm run stuck',
      measure: { metric: functionMetric(watched.functions.watch, 'Errors', 'Sum') },
      threshold: 1,
      periods: QUARTER_OF_AN_HOUR,
    },
  ];
}

/** The alarm for a function of which many attempts fail, if its entry says what users then notice. */
function attemptsAlarm(key: keyof WatchedFunctions, { settings, functions }: Watched): AlarmProps[] {
  const { alarms, namePrefix } = settings;
  const entry: StateFunction | BackgroundFunction = CATALOGUE[key];
  const { folder, impact } = entry;
  if (impact === undefined) return [];
  const refusesImages = entry.kind === 'state' && entry.refusesImages;
  const percent = refusesImages ? alarms.refusalPercent : alarms.errorPercent;
  return [
    {
      name: `errors-${folder}`,
      description: `Of the attempts of ${folder} within five minutes (at least ${alarms.minimumInvocations}), ${percent} % or more ended in an error. ${impact}`,
      lookAt: 'the error names in its log group',
      run: `aws logs tail /aws/lambda/${namePrefix}-${folder} --since 1h --filter-pattern '{ $.level = "ERROR" }'`,
      measure: {
        part: functionMetric(functions[key], 'Errors', 'Sum'),
        whole: functionMetric(functions[key], 'Invocations', 'Sum'),
        minimum: alarms.minimumInvocations,
      },
      threshold: percent,
    },
  ];
}
