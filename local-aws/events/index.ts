/** EventBridge on this machine: rules that match events, and rules that run on a schedule. */

import type { Schedule } from '../stack/model';
import { type Bus, type BusOptions, createBus } from './bus';
import { volatileOutbox } from './outbox';
import { scheduledEvent, startSchedules } from './schedules';

export interface EventBridgeOptions extends BusOptions {
  schedules: Schedule[];
  /** Whether schedules run by themselves, rather than by {@link EventBridge.tick} alone. */
  timers: boolean;
}

export interface EventBridge extends Bus {
  /**
   * Runs a scheduled rule now. Resolves when its invocation is done, retries included.
   * @throws Error when there is no such rule
   */
  tick(ruleName: string): Promise<void>;
}

/** @throws Error if a rule's pattern is one that AWS would refuse */
export function createEventBridge(options: EventBridgeOptions): EventBridge {
  const { schedules, timers } = options;
  const bus = createBus(options);
  // A separate bus, because nothing waits for scheduled runs. A run that is cut short isn't repeated: the next one follows.
  const scheduled = createBus({ ...options, rules: schedules, outbox: volatileOutbox() });
  const run = (schedule: Schedule) => scheduled.put(scheduledEvent(schedule, new Date()));
  const stop = timers ? startSchedules(schedules, (schedule) => void run(schedule)) : () => {};

  return {
    ...bus,
    async tick(ruleName) {
      const schedule = schedules.find(({ name }) => name === ruleName);
      if (!schedule) {
        const known = schedules.map(({ name }) => name).join(', ') || 'none';
        throw new Error(`Expected a rule with a schedule (${known}) but received ${ruleName}`);
      }
      await run(schedule);
      await scheduled.idle();
    },
    close() {
      stop();
      bus.close();
      scheduled.close();
    },
  };
}
