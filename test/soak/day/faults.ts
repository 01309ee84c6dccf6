import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from './machine';

/** Seconds between two faults: in less, an engine on a busy machine gets nothing done between two starts. */
const PAUSE = { least: 15, most: 45 };

/** Seconds for which the disk is full. */
const FULL = { least: 2, most: 12 };

const HOUR = 3_600_000;

/** How often each fault has struck. */
export interface Struck {
  kills: number;
  fullDisks: number;
  clockSteps: number;
}

/** Faults, one after the other, until they are told to stop. */
export async function faults(
  machine: Machine,
  random: () => number,
  struck: Struck,
  stop: AbortSignal,
): Promise<void> {
  const between = ({ least, most }: { least: number; most: number }) =>
    (least + random() * (most - least)) * 1_000;
  const say = (what: string) => console.log(`${new Date().toISOString()} ${what}`);
  for (;;) {
    await sleep(between(PAUSE), undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return;
    const chance = random();
    if (chance < 0.4) {
      struck.kills++;
      say('the engine is killed');
      await machine.kill();
    } else if (chance < 0.7) {
      struck.fullDisks++;
      const time = between(FULL);
      say(`the disk is full for ${(time / 1_000).toFixed(0)} s`);
      await machine.fillDisk(time);
      say('there is room again');
    } else {
      struck.clockSteps++;
      // Away from the true time, and back.
      const step = machine.clock === 0 ? (random() < 0.5 ? HOUR : -HOUR) : -machine.clock;
      say(`the clock is set an hour ${step > 0 ? 'forward' : 'back'}`);
      machine.setClock(step);
    }
  }
}
