import fc from 'fast-check';
import type { ObjectEvent } from '../../contract/event';
import type { Cloud, Told } from './cloud';
import { CONTENTS, type Content, PICTURES } from './contents';
import { assertConvergence } from './expectations';
import { type Turn, Turns } from './turns';
import { type Operation, World } from './world';

/** What happens to some objects, and when the events arrive. */
export interface History {
  operations: Operation[];
  /** How often the event of each operation is delivered; once by default. */
  deliveries: number[];
  /** Whether all operations come before the first event. */
  late: boolean;
  /**
   * When to switch away from the running execution, counted in calls since the last switch, and which of the possible next
   * steps to take then. Without switches, each execution runs to its end in order, and abandoned ones come last.
   */
  switches: { after: number; to: number }[];
}

const MAX_OPERATIONS = 6;

/** Histories of a few keys, of which one gets most of the operations. */
export function histories(versioned: boolean): fc.Arbitrary<History> {
  const key = fc.constantFrom('a', 'a', 'a', 'a', 'a', 'b');
  const content = fc.constantFrom(...PICTURES, ...PICTURES, ...CONTENTS);
  const put = fc.record({ do: fc.constant('put' as const), key, content });
  const remove = fc.record({ do: fc.constant('delete' as const), key });
  const purge = fc.record({ do: fc.constant('purge' as const), key, nth: fc.constantFrom(0, 0, 0, 1, 2) });
  const backfill = fc.record({ do: fc.constant('backfill' as const), key, stale: fc.boolean() });
  const operation: fc.Arbitrary<Operation> = versioned
    ? fc.oneof(
        { weight: 2, arbitrary: backfill },
        { weight: 4, arbitrary: put },
        { weight: 1, arbitrary: remove },
        { weight: 3, arbitrary: purge },
      )
    : fc.oneof(
        { weight: 2, arbitrary: put },
        { weight: 1, arbitrary: remove },
        { weight: 1, arbitrary: backfill },
      );
  // Short pauses mix the executions; after a long one, an execution can be switched away from at any of its calls.
  const after = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 25 }));
  return fc.record({
    operations: fc.array(operation, { minLength: 1, maxLength: MAX_OPERATIONS, size: 'max' }),
    deliveries: fc.array(fc.constantFrom(1, 1, 1, 2), { maxLength: MAX_OPERATIONS, size: 'max' }),
    late: fc.constantFrom(false, false, true),
    switches: fc.array(fc.record({ after, to: fc.nat({ max: 9 }) }), { maxLength: 12, size: 'max' }),
  });
}

export interface Played {
  world: World;
  /** The events, in the order of their delivery. */
  told: Told[];
  /** Whether the history was long enough for every switch. */
  switched: boolean;
}

/** Runs a history until every event is processed. */
export async function play(
  cloud: Cloud,
  contents: Record<Content, Buffer>,
  versioned: boolean,
  { operations, deliveries, late, switches }: History,
): Promise<Played> {
  const turns = new Turns();
  const undelivered: ObjectEvent[] = [];
  /** Events whose object wasn't there: they wait in the backlog for longer than anything else takes. */
  const waiting: ObjectEvent[] = [];
  const undone = operations.map((operation, n) => ({ operation, times: deliveries[n] ?? 1 }));
  const world = new World(
    cloud,
    contents,
    versioned,
    (event) => undelivered.push(event),
    (event) => waiting.push(event),
  );
  const failures: unknown[] = [];

  const act: Turn = async () => {
    const { operation, times } = undone.shift() as (typeof undone)[number];
    const event = await world.perform(operation);
    for (let n = 0; event && n < times; n++) undelivered.push(event);
  };
  const deliver = (event: ObjectEvent, from = undelivered): Turn => {
    return async () => {
      from.splice(from.indexOf(event), 1);
      turns.begin(() => world.deliver(event)).catch((error: unknown) => failures.push(error));
    };
  };
  const others = () => {
    if (late && undone.length > 0) return [act];
    return [...undelivered.map((event) => deliver(event)), ...(undone.length > 0 ? [act] : [])];
  };
  const ahead = switches.map((change) => ({ ...change }));
  await turns.play(
    others,
    (among) => {
      const [next] = ahead;
      if (!next || next.after-- > 0) return null;
      ahead.shift();
      return among > 0 ? next.to % among : null;
    },
    () => waiting[0] && deliver(waiting[0], waiting),
  );
  if (failures.length > 0) throw failures[0];
  return { world, told: cloud.takeMessages(), switched: ahead.length === 0 };
}

/** Whatever happens, and whenever its events arrive, the result has to match S3. So all orders have the same result. */
export function convergence(cloud: Cloud, contents: Record<Content, Buffer>, versioned: boolean) {
  return fc.asyncProperty(histories(versioned), async (history) => {
    const { world, told } = await play(cloud, contents, versioned, history);
    await assertConvergence(world, told);
  });
}
