import { group, integer } from './expectations';

const threshold = (most: number) => (value: number, description: string) =>
  integer(1, most).default(value).meta({ description });

const percent = threshold(100);
const count = threshold(1_000_000);

/** When an alarm goes off: stacks/monitoring/alarms.ts. */
export const alarmThresholds = group({
  failurePercent: percent(25, 'Percent of the images that failed, of those that ended within five minutes.'),
  minimumImages: count(5, 'Images that must have ended in those five minutes: a share of fewer says little.'),
  errorPercent: percent(
    50,
    'Percent of the attempts of a function that ended in an error, within five minutes.',
  ),
  refusalPercent: percent(
    80,
    'The same for `validate` and `thumbnail`, where each image that is refused is an error too.',
  ),
  minimumInvocations: count(5, 'Attempts there must have been in those five minutes.'),
  throttles: count(10, 'Throttled attempts within five minutes, in each five minutes of half an hour.'),
  timedOutExecutions: count(1, 'Executions within five minutes that ran out of time.'),
  deadLetters: count(1, 'Events in the dead-letter queue.'),
  failureMessages: count(1, 'Failures in the failure queue.'),
  undeliverableEvents: count(1, 'Events within five minutes that did not even reach the dead-letter queue.'),
  stuckRecords: count(
    1,
    'Images that have been PROCESSING for more than ten minutes, for a quarter of an hour.',
  ),
  backlogMinutes: integer(10, 24 * 60)
    .default(60)
    .meta({ description: 'Minutes that an event has waited in the backlog.' }),
})
  .prefault({})
  .meta({
    description:
      'From which values on CloudWatch tells the operations topic. docs/operations.md says for each alarm what to do.',
  });
