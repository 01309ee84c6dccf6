/** What a run did in each state, and when: waiting, starting a function's process, and work told apart. */
import { summarize } from '../../local-aws/graph';
import type { HistoryEvent, LogLine } from '../../local-aws/history';
import type { Visit } from './api';
import { type Attempt, type Invocation, invocationIn } from './invocations';

/** A visit without its log, and the attempts that the log has lines of. */
export type Step = Omit<Visit, 'log' | 'spans'> & { endedAt: number; attempts: number; tries: Attempt[] };

/** The visits of states in the order in which they were entered. */
export function stepsOf(history: readonly HistoryEvent[]): Step[] {
  const events = [...history].sort((one, other) => Number(one.id) - Number(other.id));
  const last = Number(events.at(-1)?.event_timestamp);
  const { states } = summarize(events);
  const steps: Step[] = [];
  for (const event of events) {
    const time = Number(event.event_timestamp);
    const current = steps.at(-1);
    if (event.type.endsWith('StateEntered')) {
      const state = states[steps.length] as (typeof states)[number];
      steps.push({ ...state, enteredAt: time, endedAt: last, ...text('input', event), tries: [] });
    } else if (current && event.type.endsWith('StateExited')) {
      Object.assign(current, { endedAt: time, ...text('output', event) });
    } else if (current) {
      follow(current, event, time, last);
    }
  }
  return steps;
}

function text(field: 'input' | 'output', { details }: HistoryEvent): Partial<Record<typeof field, string>> {
  const value = details[field];
  return typeof value === 'string' ? { [field]: value } : {};
}

function follow({ tries }: Step, { type, details }: HistoryEvent, time: number, last: number): void {
  if (/^(LambdaFunction|Task)Scheduled$/.test(type)) {
    const functionName = functionIn(details);
    tries.push({ from: time, to: last, succeeded: false, ...(functionName && { functionName }) });
  }
  const current = tries.at(-1);
  if (current && /^(LambdaFunction|Task)(Succeeded|\w*Failed|TimedOut)$/.test(type)) {
    Object.assign(current, { to: time, succeeded: type.endsWith('Succeeded') });
  }
}

/** Of `arn:aws:lambda:<region>:<account>:function:<name>:<version>`, which is the resource itself or a parameter of `lambda:invoke`. */
function functionIn({ resource, parameters }: HistoryEvent['details']): string | undefined {
  return /:function:([\w-]+)/.exec(`${resource} ${parameters}`)?.[1];
}

/**
 * @param invocations of the attempts of functions, as far as the log has them
 * @returns the whole visit without gaps, as long as it has any length
 */
export function spansOf(
  { type, enteredAt, endedAt, tries }: Step,
  invocations: readonly (Invocation | undefined)[] = [],
): Visit['spans'] {
  const spans: Visit['spans'] = [];
  const add = (kind: Visit['spans'][number]['kind'], from: number, to: number) => {
    if (to > from) spans.push({ kind, from, to });
  };
  if (tries.length === 0) {
    add(type === 'Wait' ? 'wait' : 'work', enteredAt, endedAt);
    return spans;
  }
  let from = enteredAt;
  tries.forEach((attempt, n) => {
    // A first attempt is scheduled as soon as its state is entered.
    if (n > 0) add('wait', from, attempt.from);
    const begin = n > 0 ? attempt.from : enteredAt;
    const started = Math.min(begin + Math.round(invocations[n]?.initMs ?? 0), attempt.to);
    add('start', begin, started);
    add('work', started, attempt.to);
    from = attempt.to;
  });
  return spans;
}

/**
 * A visit with its time line and its lines.
 *
 * @param log the lines of a function around the time of the visit, by the name of the function, or why they can't be read
 */
export function visitOf(step: Step, logs: ReadonlyMap<string, Visit['log'] | { value: LogLine[] }>): Visit {
  const { tries, endedAt: _, ...visit } = step;
  const name = tries.find(({ functionName }) => functionName)?.functionName;
  const lines = name === undefined ? { value: [] } : (logs.get(name) ?? { value: [] });
  if ('missing' in lines) return { ...visit, spans: spansOf(step), log: lines };
  const invocations = tries.map((attempt) => invocationIn(lines.value, attempt));
  return {
    ...visit,
    spans: spansOf(step, invocations),
    log: { value: invocations.flatMap((invocation) => invocation?.lines ?? []) },
  };
}
