/**
 * Simulates how long a burst of uploads takes that far exceeds the concurrency of the functions.
 *
 * The simulation counts executions in steps of a tenth of a second, rather than following single ones. Its rules are those
 * of the state machine (three throttle retries with full jitter, then the backlog) and of the resume function (a wait that
 * doubles up to an hour). Its durations are those of warm functions in the local engine for a 12-megapixel photo.
 *
 * Prints the table of docs/reliability.md, "Overload".
 */

/** How many seconds a warm function runs, in the order of the states. */
const DURATIONS = [0.045, 0.09, 0.025, 0.035];
const THUMBNAIL = 1;

/** The throttle retries of each state: the longest wait before each, in seconds. */
const RETRY_INTERVALS = [1, 2, 4];

/** The most uploads that S3 accepts per second under one prefix, and the most executions that EventBridge starts. */
const UPLOADS_PER_SECOND = 3_500;

const STEP = 0.1;
const FIRST_WAIT = 60;
const LONGEST_WAIT = 3_600;
const PATIENCE = 24 * 60 * 60;
/** After this many receives, the wait no longer grows. */
const MOST_RECEIVES = 8;

interface Scenario {
  uploads: number;
  /** The account's concurrency, for all functions together. */
  account: number;
  /** How much of it is reserved for thumbnail. */
  reserved?: number;
  /** Concurrent executions from the backlog. */
  backlog: number;
}

interface Result extends Scenario {
  seconds: number;
  throughBacklog: number;
  deepestBacklog: number;
  gaveUp: number;
}

/** Executions of one kind that reach a state at some step: new ones (0), or those received from the backlog n times. */
interface Arrivals {
  kind: number;
  state: number;
  retries: number;
  count: number;
}

function simulate(scenario: Scenario): Result {
  const { uploads, account, reserved, backlog } = scenario;
  const agenda = new Map<number, Map<string, Arrivals>>();
  /** Messages in the backlog, in the order in which they become visible. `since` is when they were last sent. */
  const waiting: { at: number; kind: number; count: number; since: number }[] = [];
  const result: Result = { ...scenario, seconds: 0, throughBacklog: 0, deepestBacklog: 0, gaveUp: 0 };
  let arrived = 0;
  let done = 0;
  let resumed = 0;
  let depth = 0;

  const arrive = (step: number, { kind, state, retries, count }: Arrivals) => {
    if (count <= 0) return;
    const key = `${kind}/${state}/${retries}`;
    const bucket = agenda.get(step) ?? agenda.set(step, new Map()).get(step)!;
    const there = bucket.get(key);
    if (there) there.count += count;
    else bucket.set(key, { kind, state, retries, count });
  };
  const wait = (step: number, kind: number, count: number, since: number) => {
    const seconds = kind === 0 ? FIRST_WAIT : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (kind - 1)) * 0.75;
    const message = { at: step + Math.round(seconds / STEP), kind: Math.min(kind + 1, MOST_RECEIVES), count };
    const later = waiting.findLastIndex(({ at }) => at <= message.at);
    waiting.splice(later + 1, 0, { ...message, since });
    depth += count;
  };

  for (let step = 0; done + result.gaveUp < uploads; step++) {
    const fresh = Math.min(uploads - arrived, UPLOADS_PER_SECOND * STEP);
    arrived += fresh;
    arrive(step, { kind: 0, state: 0, retries: 0, count: fresh });

    while (waiting[0] && waiting[0].at <= step && resumed < backlog) {
      const message = waiting[0];
      const count = Math.min(message.count, backlog - resumed);
      message.count -= count;
      depth -= count;
      if (message.count <= 0) waiting.shift();
      if (message.kind > 1 && (step - message.since) * STEP > PATIENCE) {
        result.gaveUp += count;
        continue;
      }
      resumed += count;
      arrive(step, { kind: message.kind, state: 0, retries: 0, count });
    }

    // Everything that wants to run in this step gets slots in proportion to its demand.
    const wanting = [...(agenda.get(step)?.values() ?? [])];
    agenda.delete(step);
    for (const pool of ['thumbnail', 'others'] as const) {
      const mine = wanting.filter(
        ({ state }) => (reserved && state === THUMBNAIL ? 'thumbnail' : 'others') === pool,
      );
      const slots = pool === 'thumbnail' ? (reserved ?? 0) : account - (reserved ?? 0);
      const demand = mine.reduce((sum, { state, count }) => sum + count * DURATIONS[state]!, 0);
      const share = Math.min(1, (slots * STEP) / demand);
      for (const { kind, state, retries, count } of mine) {
        const admitted = count * share;
        const throttled = count - admitted;
        if (state === DURATIONS.length - 1) {
          done += admitted;
          if (kind > 0) resumed -= admitted;
        } else arrive(step + 1, { kind, state: state + 1, retries: 0, count: admitted });

        const interval = RETRY_INTERVALS[retries];
        if (interval) {
          const steps = interval / STEP;
          for (let n = 1; n <= steps; n++) {
            arrive(step + n, { kind, state, retries: retries + 1, count: throttled / steps });
          }
        } else if (throttled > 0) {
          if (kind === 0) result.throughBacklog += throttled;
          else resumed -= throttled;
          wait(step, kind, throttled, step);
        }
      }
    }
    result.deepestBacklog = Math.max(result.deepestBacklog, depth);
    result.seconds = step * STEP;
    if (uploads - done - result.gaveUp < 0.5) break;
  }
  return result;
}

const SCENARIOS: Scenario[] = [100_000, 10_000_000].flatMap((uploads) => [
  { uploads, account: 1_000, backlog: 5 },
  { uploads, account: 1_000, reserved: 100, backlog: 5 },
  { uploads, account: 1_000, reserved: 100, backlog: 50 },
  { uploads, account: 1_000, reserved: 100, backlog: 200 },
  { uploads, account: 1_000, reserved: 20, backlog: 50 },
  { uploads, account: 10, backlog: 5 },
]);

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

export async function run(): Promise<void> {
  const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  console.log(
    '| uploads | account | thumbnail reserved | backlog | all done after | through the backlog | gave up |',
  );
  console.log('|---:|---:|---:|---:|---:|---:|---:|');
  for (const scenario of SCENARIOS) {
    const { uploads, account, reserved, backlog, seconds, throughBacklog, gaveUp } = simulate(scenario);
    const columns = [
      whole.format(uploads),
      whole.format(account),
      reserved ? String(reserved) : '–',
      String(backlog),
      duration(seconds),
      `${Math.round((100 * throughBacklog) / uploads)} %`,
      whole.format(gaveUp),
    ];
    console.log(`| ${columns.join(' | ')} |`);
  }
}
