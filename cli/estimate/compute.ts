/** What runs: functions, and the executions that call them. */
import measures from './measures.json';
import type { PriceName } from './prices';
import type { PricedStack } from './stack';
import { SECONDS_PER_MONTH, slowdown, sum, uploadMs } from './work';
import type { Usage, Workload } from './workload';

/** Step Functions bills memory in chunks of this size; an execution of this workflow fits into one. */
const EXECUTION_GB = 64 / 1024;

/** Seconds. Step Functions bills in steps of 100 ms, and an execution that calls no function takes one. */
const SHORTEST_EXECUTION = 0.1;

const WAIT = measures.waitMs.value;
const CPU = measures.cpuMs.value;

/** Milliseconds that one invocation of each function is billed, by function. */
function durations(stack: PricedStack, workload: Workload): Record<keyof typeof WAIT, number> {
  const cpu = { ...CPU, thumbnail: uploadMs(stack, workload) };
  const names = Object.keys(WAIT) as (keyof typeof WAIT)[];
  return Object.fromEntries(
    names.map((name) => [name, WAIT[name] + cpu[name] * slowdown(stack, name)]),
  ) as Record<keyof typeof WAIT, number>;
}

/** Invocations of each function in a month. Assumes that an image that fails does so in Validate. */
export function invocations({ images, failing }: Workload): Record<keyof typeof WAIT, number> {
  const done = images * (1 - failing);
  return {
    validate: images,
    thumbnail: done,
    'store-metadata': done,
    notify: done,
    quarantine: images * failing,
  };
}

/** Executions that end at once, because their object isn't named like an image. */
export const otherExecutions = ({ othersStart }: PricedStack, { others }: Workload): number =>
  othersStart ? others : 0;

export function functions(stack: PricedStack, workload: Workload): Usage[] {
  const counts = Object.entries(invocations(workload)) as [keyof typeof WAIT, number][];
  const milliseconds = durations(stack, workload);
  const gbSeconds = counts.map(([name, count]) => ({
    name,
    quantity: (count * milliseconds[name] * (stack.memoryMb[name] ?? 0)) / 1024 / 1000,
  }));
  const thumbnail = gbSeconds.find(({ name }) => name === 'thumbnail')!;
  const others = gbSeconds.filter(({ name }) => name !== 'thumbnail');
  const line = (what: string, price: PriceName, quantity: number) => ({
    service: 'Lambda',
    what,
    price,
    quantity,
  });
  return [
    line('thumbnail', 'lambda.gbSecond', thumbnail.quantity),
    line('the other functions', 'lambda.gbSecond', sum(others.map(({ quantity }) => quantity))),
    line('invocations', 'lambda.request', sum(counts.map(([, count]) => count))),
    line(
      'provisioned concurrency',
      'lambda.provisionedGbSecond',
      sum(stack.provisioned.map(({ memoryMb, instances }) => (memoryMb / 1024) * instances)) *
        SECONDS_PER_MONTH,
    ),
  ];
}

export function executions(stack: PricedStack, workload: Workload): Usage[] {
  const { quarantine, validate, ...rest } = durations(stack, workload);
  const overhead = measures.stateOverheadMs.value;
  const seconds = (states: number[]) => Math.ceil((sum(states) + states.length * overhead) / 100) / 10;
  const { images, failing } = workload;
  const others = otherExecutions(stack, workload);
  // A call without a function takes little more than a state does.
  const announcement = stack.events ? [0] : [];
  const all =
    others * SHORTEST_EXECUTION +
    images * (1 - failing) * seconds([validate, ...Object.values(rest), ...announcement]) +
    images * failing * seconds([validate, quarantine, ...announcement]);
  return [
    {
      service: 'Step Functions',
      what: 'executions',
      price: 'stepFunctions.request',
      quantity: images + others,
    },
    {
      service: 'Step Functions',
      what: 'their duration',
      price: 'stepFunctions.gbSecond',
      quantity: all * EXECUTION_GB,
    },
  ];
}
