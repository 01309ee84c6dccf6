/** A busy day: uploads, overwrites and deletions while the engine is killed, its disk is full and its clock is set. */

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../../local-aws/faults/odds';
import { makeContents } from '../../order/contents';
import { progress } from '../progress';
import { check, type Findings } from './check';
import { faults, type Struck } from './faults';
import { Ledger } from './ledger';
import { Machine } from './machine';
import { replayAsMailed } from './messages';
import { traffic } from './traffic';

/** Milliseconds in which everything that was accepted must be done once nothing fails any more. */
const PATIENCE = 10 * 60_000;

/** How many problems are printed. */
const SHOWN = 20;

/** @returns what it found; null if nothing. Then its files are removed */
export async function busyDay({ minutes, seed }: { minutes: number; seed: number }): Promise<string | null> {
  const contents = await makeContents();
  const folder = await mkdtemp(path.join(tmpdir(), 'soak-'));
  const machine = await Machine.start(folder);
  console.log(`A busy day on ${machine.disk.what}; the engine prints into ${machine.log}`);
  const ledger = new Ledger();
  const struck: Struck = { kills: 0, fullDisks: 0, clockSteps: 0 };
  const stop = new AbortController();
  const report = progress('a busy day');
  const timer = setInterval(() => report(ledger.total, ` acknowledged, ${sayStruck(struck)}`), 1_000);
  const begun = Date.now();
  const timeIsUp = sleep(minutes * 60_000, undefined, { signal: stop.signal });
  timeIsUp.catch(() => {});
  try {
    const work = [
      traffic({
        ledger,
        contents,
        random: createRandom(seed),
        clients: machine.clients,
        waiting: machine.waiting,
        stop: stop.signal,
      }),
      faults(machine, createRandom(seed + 1), struck, stop.signal),
    ];
    await Promise.race([timeIsUp, machine.broken, Promise.all(work)]);
    const seconds = (Date.now() - begun) / 1_000;
    stop.abort();
    await Promise.race([Promise.all(work), machine.broken]);
    const idle = machine.ask('idle');
    const waited = sleep(PATIENCE, 'late' as const, { ref: false });
    if ((await Promise.race([idle, waited, machine.broken])) === 'late') {
      return `After a busy day, the engine was not idle within ${PATIENCE / 60_000} minutes. Its data is in ${machine.dataDir}`;
    }
    const replayed = await replayAsMailed(machine.dataDir);
    const findings = await check(await machine.clients(), ledger, machine.dataDir);
    console.log(summary(ledger, struck, { ...findings, replayed }, seconds));
    const problem = judge(findings, struck);
    if (problem)
      return `${problem}\nThe data is in ${machine.dataDir}, what the engine printed in ${machine.log}`;
    await machine.remove();
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    stop.abort();
    clearInterval(timer);
    await machine.end();
  }
}

const sayStruck = ({ kills, fullDisks, clockSteps }: Struck) =>
  `${kills} kills, ${fullDisks} full disks, ${clockSteps} clock steps`;

function summary(
  { counts: { uploads, overwrites, deletions }, total, refusals }: Ledger,
  struck: Struck,
  {
    extra,
    failedByFaults,
    reportedAsFailed,
    replayed,
    thumbnails,
    problems,
  }: Findings & { replayed: number },
  seconds: number,
): string {
  const refused = [...refusals].map(([name, times]) => `${times} ${name}`).join(', ') || 'none';
  return [
    `${total} acknowledged (${uploads} uploads, ${overwrites} overwrites, ${deletions} deletions), ${(total / seconds).toFixed(1)} a second`,
    `${sayStruck(struck)}; refused or cut off, and tried again: ${refused}`,
    `${thumbnails} thumbnails; ${failedByFaults} images FAILED by a fault, recorded and reported; ${reportedAsFailed} DONE, but reported as failed; ${replayed} replayed as their mails ask for; ${extra} messages came again; ${problems.length} problems`,
  ].join('\n');
}

/** A kill, or a disk that fills up, between a message and the note of it can send the message once more. */
function judge({ problems, extra }: Findings, { kills, fullDisks }: Struck): string | null {
  const allowed = kills + fullDisks;
  const all = [
    ...problems,
    ...(extra > allowed ? [`${extra} messages came again, and at most ${allowed} may`] : []),
  ];
  if (all.length === 0) return null;
  const more = all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [];
  return [...all.slice(0, SHOWN), ...more].join('\n');
}
