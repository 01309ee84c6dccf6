import { group, integer } from './expectations';

const threshold = (most: number) => (value: number, description: string) =>
  integer(1, most).default(value).meta({ description });

const percent = threshold(100);
const count = threshold(1_000_000);

/** When an alarm goes off: stacks/monitoring/alarms.ts. */
export const alarmThresholds = group({
  failurePercent: percent(25, 'Percentage of failed images among those that finished within five minutes.'),
  minimumImages: count(
    5,
    'How many images must have finished in those five minutes. With fewer, a percentage says little.',
  ),
  errorPercent: percent(
    50,
    'Percentage of a function’s attempts within five minutes that ended in an error.',
  ),
  refusalPercent: percent(
    80,
    'The same for `validate` and `thumbnail`, for which every refused image counts as an error too.',
  ),
  minimumInvocations: count(5, 'How many attempts there must have been in those five minutes.'),
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
      'Values at which an alarm notifies the operations topic. docs/operations.md says what to do about each alarm.',
  });
