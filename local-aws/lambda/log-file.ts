/** The log of a function in the data folder: a line for each line that it wrote, and for each report of Lambda. */

import { open } from 'node:fs/promises';
import { join } from 'node:path';

export interface LogLine {
  /** Unix milliseconds. */
  time: number;
  text: string;
}

/** How Lambda's own lines, those of the console and those with metrics begin. */
const TIME = /^\{(?:"(?:timestamp|time)":"([^"]+)"|"_aws":\{"Timestamp":(\d+))/;

/** Milliseconds by which a line may come later than one that was written after it: several processes share the file. */
const DISORDER = 60_000;

export const logOf = (dataDir: string, functionName: string) => join(dataDir, 'logs', `${functionName}.log`);

/**
 * The lines of a time, in the order in which they were written. A line without a time has that of the line before.
 *
 * @param from @param to Unix milliseconds, both included
 * @returns none if the function has no log
 */
export async function readLog(
  dataDir: string,
  functionName: string,
  { from = 0, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number } = {},
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const handle = await open(logOf(dataDir, functionName)).catch(ifMissing);
  if (!handle) return lines;
  let time = 0;
  try {
    for await (const text of handle.readLines()) {
      time = timeOf(text) ?? time;
      if (time > to + DISORDER) break;
      if (time >= from && time <= to && text) lines.push({ time, text });
    }
  } finally {
    await handle.close();
  }
  return lines;
}

function timeOf(line: string): number | undefined {
  const [, iso, milliseconds] = TIME.exec(line) ?? [];
  const time = iso ? Date.parse(iso) : Number(milliseconds ?? Number.NaN);
  return Number.isNaN(time) ? undefined : time;
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
