/** Settings of capacity: what each function gets, and how fast the backlog drains. */
import type { z } from 'zod';
import { AMPLE_ACCOUNT, BACKLOG_CONCURRENCY, THUMBNAIL_RESERVATION } from './automatic';
import { group, integer, integerOr } from './expectations';

const memory = (megabytes: number) =>
  integer(128, 10_240)
    .default(megabytes)
    .meta({ description: 'Memory in MB; CPU grows with it, and 1769 is one full vCPU.' });

const reservedConcurrency = () =>
  integer(1, 100_000).optional().meta({
    description:
      'Concurrency kept free for this function, which is also the most it gets. Without it, it shares that of the account.',
  });

/** On deploy Terraform asks for the quota; each setting that does so says which permission that takes. */
const whereTheAccountHas = `where the account’s concurrency is ${AMPLE_ACCOUNT} or more (which takes \`servicequotas:GetServiceQuota\` and \`servicequotas:GetAWSDefaultServiceQuota\` on deploy)`;

const thumbnailReservation = () =>
  integerOr(['auto', 'none'], 1, 100_000)
    .default('auto')
    .meta({
      description: `Concurrency kept free for this function, which is also the most it gets: a cap on cost. \`auto\` is ${THUMBNAIL_RESERVATION.ample} ${whereTheAccountHas}, and no reservation in a smaller account, where none may be possible.`,
    });

const size = <Reservation extends z.ZodType>(
  memoryMb: number,
  timeoutSeconds: number,
  reservation: Reservation,
) => ({
  memoryMb: memory(memoryMb),
  timeoutSeconds: integer(1, 120)
    .default(timeoutSeconds)
    .meta({ description: 'Seconds one attempt may run. All attempts together must fit an execution.' }),
  reservedConcurrency: reservation,
  provisionedConcurrency: integer(1, 100_000).optional().meta({
    description:
      'Instances kept warm at an hourly price, part of the reserved concurrency where there is one. They are ready some minutes after a deploy.',
  }),
});

const lambda = (memoryMb: number, timeoutSeconds: number, what: string) =>
  group(size(memoryMb, timeoutSeconds, reservedConcurrency()))
    .prefault({})
    .meta({ description: what });

export const functions = group({
  validate: lambda(512, 5, 'Judges the upload by its bytes.'),
  thumbnail: group(size(1769, 20, thumbnailReservation()))
    .prefault({})
    .meta({ description: 'Makes the thumbnails.' }),
  storeMetadata: lambda(512, 3, 'Writes the record.'),
  notify: lambda(512, 3, 'Tells the processed topic.'),
  quarantine: lambda(512, 5, 'Keeps the original of a failure.'),
  remove: lambda(512, 7, 'Follows a deletion.'),
  resume: group({ memoryMb: memory(256), reservedConcurrency: reservedConcurrency() })
    .prefault({})
    .meta({ description: 'Takes events out of the backlog. It runs for as long as an execution may.' }),
  watch: group({ memoryMb: memory(256) })
    .prefault({})
    .meta({ description: 'Counts stuck records every five minutes.' }),
})
  .prefault({})
  .meta({
    description:
      'Memory, timeout and concurrency of each function. `resume` has no timeout of its own: it runs for as long as an execution may. An account keeps 100 of its concurrency unreserved; a new account may have 10 in all, and then nothing can be reserved.',
  });

export const backlog = group({
  concurrency: integerOr(['auto'], 2, 1_000)
    .default('auto')
    .meta({
      description: `Executions at once out of the backlog. Each takes two of the account’s concurrency: one that waits and one that works. \`auto\` is ${BACKLOG_CONCURRENCY.ample} ${whereTheAccountHas}, and ${BACKLOG_CONCURRENCY.scarce} in a smaller account: a new one may have 10 in all.`,
    }),
})
  .prefault({})
  .meta({ description: 'Events for which no capacity was free wait in a queue, and are taken up again.' });
