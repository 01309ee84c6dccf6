/**
 * Which lines of a function's log belong to an attempt. A history doesn't name the request of an attempt, so it is found by time:
 * Lambda reports an invocation right when it ends, and so does the history.
 */
import type { LogLine } from '../../local-aws/history';

/** One attempt of a task. Times are Unix milliseconds. */
export interface Attempt {
  from: number;
  /** When it ended; while it runs, when the history ends. */
  to: number;
  /** Name of the function; undefined if the task calls another service. */
  functionName?: string;
  /** Whether it ended well. */
  succeeded: boolean;
}

export interface Invocation {
  lines: LogLine[];
  /** How long its process took to start, in milliseconds, if it was started for this. */
  initMs?: number;
}

/** Milliseconds by which Lambda's clock and that of Step Functions may differ, and its answer takes. */
const TOLERANCE = 500;

/** How much earlier and later than a visit its lines may be, in milliseconds. */
export const AROUND = 2 * TOLERANCE;

interface Request extends Invocation {
  from: number;
  to: number;
  /** Undefined until Lambda has reported it. */
  succeeded?: boolean;
}

/** @param lines of the function, around the time of the attempt, in any order */
export function invocationIn(
  lines: readonly LogLine[],
  { from, to, functionName, succeeded }: Attempt,
): Invocation | undefined {
  if (functionName === undefined) return undefined;
  const candidates = requestsIn(lines).filter(
    (request) =>
      request.from >= from - TOLERANCE &&
      request.to <= to + TOLERANCE &&
      (request.succeeded === undefined || request.succeeded === succeeded),
  );
  const [nearest] = candidates.sort((one, other) => Math.abs(one.to - to) - Math.abs(other.to - to));
  if (!nearest) return undefined;
  // Metrics have no request: they belong to the invocation during which they were written.
  const others = lines.filter(
    (line) => requestOf(line).id === undefined && line.time >= nearest.from && line.time <= nearest.to,
  );
  const all = [...nearest.lines, ...others].sort((one, other) => one.time - other.time);
  return { lines: all, ...(nearest.initMs !== undefined && { initMs: nearest.initMs }) };
}

function requestsIn(lines: readonly LogLine[]): Request[] {
  const requests = new Map<string, Request>();
  for (const line of lines) {
    const { id, report } = requestOf(line);
    if (id === undefined) continue;
    const request = requests.get(id) ?? { lines: [], from: line.time, to: line.time };
    requests.set(id, request);
    request.lines.push(line);
    request.from = Math.min(request.from, line.time - (report?.took ?? 0));
    request.to = Math.max(request.to, line.time);
    if (report) {
      request.succeeded = report.succeeded;
      if (report.initMs !== undefined) request.initMs = report.initMs;
    }
  }
  return [...requests.values()];
}

interface Report {
  /** Milliseconds. */
  took: number;
  initMs?: number;
  succeeded: boolean;
}

/** Lines in Lambda's JSON format: docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html */
function requestOf({ text }: LogLine): { id?: string; report?: Report } {
  let line: { requestId?: unknown; type?: unknown; record?: Record<string, unknown> };
  try {
    line = JSON.parse(text) ?? {};
  } catch {
    return {};
  }
  const { requestId, status, metrics } = line.record ?? {};
  if (line.type !== 'platform.report') {
    const id = line.requestId ?? requestId;
    return typeof id === 'string' ? { id } : {};
  }
  const { durationMs, initDurationMs } = (metrics ?? {}) as Record<string, number>;
  return {
    id: String(requestId),
    report: {
      took: durationMs ?? 0,
      succeeded: status === 'success',
      ...(initDurationMs !== undefined && { initMs: initDurationMs }),
    },
  };
}
