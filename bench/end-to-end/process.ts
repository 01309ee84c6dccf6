/** What Linux says about a process in /proc. On other systems these functions return nothing. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc: USER_HZ, which is 100 on every system that Node runs on. */
const TICKS = 100;

/** Whether this system has /proc. */
export const HAS_PROC = process.platform === 'linux';

/** CPU seconds of a process so far, user and system together; 0 if it has ended. */
export function cpuOf(pid: number): number {
  const fields = statOf(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) / TICKS : 0;
}

/** Peak resident memory of a process so far, in bytes; 0 if it has ended. */
export function memoryOf(pid: number): number {
  const [, kilobytes = 0] = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '') ?? [];
  return Number(kilobytes) * 1024;
}

/** The child processes of a process that still run, each with the environment it started with. */
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

/** The fields of /proc/<pid>/stat after the name, which may contain spaces: state, parent, … */
function statOf(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** @returns undefined if the process has ended in the meantime */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
