/** Settings of capacity: memory, timeout and concurrency of each function, and how fast the backlog drains. */
import type { z } from 'zod';
import { ENTRIES, type FunctionKey, type StateKey } from '../catalogue';
import type { BackgroundFunction, EndpointFunction, Entry, StateFunction } from '../catalogue/entry';
import { AMPLE_ACCOUNT, BACKLOG_CONCURRENCY, RENDER_RESERVATION, THUMBNAIL_RESERVATION } from './automatic';
import { group, integer, integerOr } from './expectations';

const memory = (megabytes: number) =>
  integer(128, 10_240)
    .default(megabytes)
    .meta({ description: 'Memory in MB; CPU grows with it, and 1769 is one full vCPU.' });

const reservedConcurrency = () =>
  integer(1, 100_000).optional().meta({
    description:
      'Concurrency reserved for this function, which is also its maximum. Without it, the function shares the concurrency of the account.',
  });

/** Terraform looks up the quota on deploy. Each setting that needs this says which permissions it takes. */
const ifTheQuotaWasRaised = `if Service Quotas says that the account’s concurrency is ${AMPLE_ACCOUNT} or more (asking takes \`servicequotas:GetServiceQuota\` and \`servicequotas:GetAWSDefaultServiceQuota\` on deploy)`;

const cappedReservation = ({ ample }: { ample: number }) =>
  integerOr(['auto', 'none'], 1, 100_000)
    .default('auto')
    .meta({
      description: `Concurrency reserved for this function, which is also its maximum and so caps its cost. \`auto\` is ${ample} ${ifTheQuotaWasRaised}. Otherwise it reserves nothing: Service Quotas says 1000 of a new account too, which Lambda may allow only 10. In an account that has 1000, set the number.`,
    });

/** What the settings hold of a function. */
export interface FunctionSize {
  memoryMb: number;
  /** Left out if no setting changes it. */
  timeoutSeconds?: number;
  reservedConcurrency?: number | 'auto' | 'none';
  provisionedConcurrency?: number;
}

interface StateSize extends FunctionSize {
  timeoutSeconds: number;
}

const state = ({ memoryMb, timeoutSeconds, reserved }: StateFunction) => ({
  memoryMb: memory(memoryMb),
  timeoutSeconds: integer(1, 120).default(timeoutSeconds).meta({
    description: 'Seconds that one attempt may run. All attempts together must fit into an execution.',
  }),
  reservedConcurrency: reserved ? cappedReservation(THUMBNAIL_RESERVATION) : reservedConcurrency(),
  provisionedConcurrency: integer(1, 100_000).optional().meta({
    description:
      'Instances that are kept warm at an hourly price. If concurrency is reserved, they are part of it. They are ready a few minutes after a deploy.',
  }),
});

const endpoint = ({ memoryMb, timeoutSeconds, maxTimeoutSeconds, reserved }: EndpointFunction) => ({
  memoryMb: memory(memoryMb),
  timeoutSeconds: integer(1, maxTimeoutSeconds)
    .default(timeoutSeconds)
    .meta({ description: 'How many seconds one request may take.' }),
  reservedConcurrency: reserved ? cappedReservation(RENDER_RESERVATION) : reservedConcurrency(),
});

const background = ({ memoryMb, reservable }: BackgroundFunction) => ({
  memoryMb: memory(memoryMb),
  ...(reservable && { reservedConcurrency: reservedConcurrency() }),
});

function shapeOf(entry: Entry): z.ZodRawShape {
  switch (entry.kind) {
    case 'state':
      return state(entry);
    case 'endpoint':
      return endpoint(entry);
    case 'background':
      return background(entry);
  }
}

const sizeOf = (entry: Entry) =>
  group(shapeOf(entry))
    .prefault({})
    .meta({ description: [entry.description, entry.note].filter(Boolean).join(' ') });

const sizes = Object.fromEntries(ENTRIES.map(([key, entry]) => [key, sizeOf(entry)])) as unknown as {
  [Key in FunctionKey]: z.ZodType<Key extends StateKey ? StateSize : FunctionSize>;
};

export const functions = group(sizes)
  .prefault({} as never)
  .meta({
    description:
      'Memory, timeout and concurrency of each function. `resume` has no timeout setting: it may run as long as an execution. AWS keeps 100 of an account’s concurrency unreserved; a new account may have only 10 in all, and then nothing can be reserved.',
  });

export const backlog = group({
  concurrency: integerOr(['auto'], 2, 1_000)
    .default('auto')
    .meta({
      description: `How many executions from the backlog run at once. Each uses two of the account’s concurrency: one that waits and one that works. \`auto\` is ${BACKLOG_CONCURRENCY.ample} ${ifTheQuotaWasRaised}, and ${BACKLOG_CONCURRENCY.scarce} otherwise, which suits a new account with 10 in all. In an account that has 1000, ${BACKLOG_CONCURRENCY.ample} suits.`,
    }),
})
  .prefault({})
  .meta({ description: 'Events that find no free capacity wait in a queue until there is some.' });
