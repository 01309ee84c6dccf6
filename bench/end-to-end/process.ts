/** What Linux tells of a process in /proc. Elsewhere there is no such folder, and nothing is told. */
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks a second of the times in /proc: USER_HZ, which is 100 on every system that Node runs on. */
const TICKS = 100;

/** Whether processes can be asked here. */
export const HAS_PROC = process.platform === 'linux';

/** CPU seconds of a process so far, user and system together; 0 where it has ended. */
export function cpuOf(pid: number): number {
  const fields = statOf(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) / TICKS : 0;
}

/** The most that a process has had resident so far, in bytes; 0 where it has ended. */
export function memoryOf(pid: number): number {
  const [, kilobytes = 0] = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '') ?? [];
  return Number(kilobytes) * 1024;
}

/** The processes that a process has started and that still run, with the environment each began with. */
export function childrenOf(parent: number): { pid: number; environment: Record<string, string> }[] {
  if (!HAS_PROC) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => Number(statOf(pid)?.[1]) === parent)
    .map((pid) => ({ pid, environment: environmentOf(pid) }));
}

function environmentOf(pid: number): Record<string, string> {
  const pairs = (read(`/proc/${pid}/environ`) ?? '').split('\0').filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    }),
  );
}

/** Fields of /proc/<pid>/stat behind the name, which may hold spaces: state, parent, … */
function statOf(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** @returns undefined for a process that has ended meanwhile */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
