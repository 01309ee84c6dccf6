/** Settings of capacity: what each function gets, and how fast the backlog drains. */
import type { z } from 'zod';
import { AMPLE_ACCOUNT, BACKLOG_CONCURRENCY, RENDER_RESERVATION, THUMBNAIL_RESERVATION } from './automatic';
import { group, integer, integerOr } from './expectations';

/** Seconds. CloudFront waits for 60 without a higher quota, and a cold start comes on top of what a function may run. */
const RENDER_TIMEOUT = 45;

/** Seconds. API Gateway waits for 30: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const API_TIMEOUT = 25;

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

const cappedReservation = ({ ample }: { ample: number }) =>
  integerOr(['auto', 'none'], 1, 100_000)
    .default('auto')
    .meta({
      description: `Concurrency kept free for this function, which is also the most it gets: a cap on cost. \`auto\` is ${ample} ${whereTheAccountHas}, and no reservation in a smaller account, where none may be possible.`,
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

/** Somebody waits for the answer: CloudFront for a minute at most, API Gateway for half of one. */
const door = <Reservation extends z.ZodType>(
  memoryMb: number,
  timeout: { seconds: number; most: number },
  reservation: Reservation,
) => ({
  memoryMb: memory(memoryMb),
  timeoutSeconds: integer(1, timeout.most)
    .default(timeout.seconds)
    .meta({ description: 'Seconds one request may take.' }),
  reservedConcurrency: reservation,
});

export const functions = group({
  validate: lambda(512, 5, 'Judges the upload by its bytes.'),
  thumbnail: group(size(1769, 20, cappedReservation(THUMBNAIL_RESERVATION)))
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
  render: group(door(1769, { seconds: 20, most: RENDER_TIMEOUT }, cappedReservation(RENDER_RESERVATION)))
    .prefault({})
    .meta({ description: 'Makes a variant on its first request. It is there where one is `lazy`.' }),
  createUpload: group(door(512, { seconds: 5, most: API_TIMEOUT }, reservedConcurrency()))
    .prefault({})
    .meta({ description: 'Gives the form for an upload. It is there with `uploadApi`.' }),
  getImage: group(door(512, { seconds: 5, most: API_TIMEOUT }, reservedConcurrency()))
    .prefault({})
    .meta({ description: 'Tells what became of an upload. It is there with `uploadApi`.' }),
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
