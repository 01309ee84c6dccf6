/** Rules with a schedule: docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html */

import { randomUUID } from 'node:crypto';
import type { Schedule } from '../stack/model';

/** The longest wait of a timer in Node: 2^31 - 1 ms, 24 days. No engine runs for that long. */
const LONGEST_TIMER = 2_147_483_647;

/** The event that EventBridge sends for a schedule. */
export function scheduledEvent({ arn }: Schedule, time: Date): object {
  const [, , , region, account] = arn.split(':');
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    // Whole seconds.
    time: time.toISOString().replace(/\.\d+/, ''),
    region,
    resources: [arn],
    detail: {},
  };
}

/**
 * Runs each rule one interval from now, and after every further interval. It doesn't keep the process alive.
 *
 * @returns a function that ends it
 */
export function startSchedules(schedules: Schedule[], run: (schedule: Schedule) => void): () => void {
  const timers = schedules
    .map((schedule) => ({ schedule, interval: schedule.everySeconds * 1_000 }))
    .filter(({ interval }) => interval <= LONGEST_TIMER)
    .map(({ schedule, interval }) => setInterval(() => run(schedule), interval).unref());
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
