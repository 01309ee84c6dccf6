/** Settings of capacity: memory, timeout and concurrency of each function, and how fast the backlog drains. */
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

const size = <Reservation extends z.ZodType>(
  memoryMb: number,
  timeoutSeconds: number,
  reservation: Reservation,
) => ({
  memoryMb: memory(memoryMb),
  timeoutSeconds: integer(1, 120).default(timeoutSeconds).meta({
    description: 'Seconds that one attempt may run. All attempts together must fit into an execution.',
  }),
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

/** Somebody waits for the response: CloudFront for a minute at most, API Gateway for half a minute. */
const endpoint = <Reservation extends z.ZodType>(
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
  validate: lambda(512, 5, 'Checks the upload by its bytes.'),
  thumbnail: group(size(1769, 20, cappedReservation(THUMBNAIL_RESERVATION)))
    .prefault({})
    .meta({ description: 'Makes the thumbnails.' }),
  storeMetadata: lambda(512, 3, 'Writes the record.'),
  notify: lambda(512, 3, 'Publishes to the processed topic.'),
  quarantine: lambda(512, 5, 'Copies the original of a failed image to quarantine.'),
  remove: lambda(512, 7, 'Handles a deletion.'),
  resume: group({ memoryMb: memory(256), reservedConcurrency: reservedConcurrency() })
    .prefault({})
    .meta({ description: 'Takes events out of the backlog. It may run as long as an execution.' }),
  watch: group({ memoryMb: memory(256) })
    .prefault({})
    .meta({ description: 'Counts stuck records every five minutes.' }),
  render: group(endpoint(1769, { seconds: 20, most: RENDER_TIMEOUT }, cappedReservation(RENDER_RESERVATION)))
    .prefault({})
    .meta({ description: 'Makes a variant on its first request. It exists only if a variant is `lazy`.' }),
  createUpload: group(endpoint(512, { seconds: 5, most: API_TIMEOUT }, reservedConcurrency()))
    .prefault({})
    .meta({ description: 'Returns the form for an upload. It exists only with `uploadApi`.' }),
  getImage: group(endpoint(512, { seconds: 5, most: API_TIMEOUT }, reservedConcurrency()))
    .prefault({})
    .meta({ description: 'Returns the status of an upload. It exists only with `uploadApi`.' }),
})
  .prefault({})
  .meta({
    description:
      'Memory, timeout and concurrency of each function. `resume` has no timeout of its own: it may run as long as an execution. AWS keeps 100 of an account’s concurrency unreserved; a new account may have only 10 in all, and then nothing can be reserved.',
  });

export const backlog = group({
  concurrency: integerOr(['auto'], 2, 1_000)
    .default('auto')
    .meta({
      description: `How many executions from the backlog run at once. Each uses two of the account’s concurrency: one that waits and one that works. \`auto\` is ${BACKLOG_CONCURRENCY.ample} ${ifTheQuotaWasRaised}, and ${BACKLOG_CONCURRENCY.scarce} otherwise, which suits a new account with 10 in all. In an account that has 1000, ${BACKLOG_CONCURRENCY.ample} suits.`,
    }),
})
  .prefault({})
  .meta({ description: 'Events for which no capacity was free wait in a queue until there is some.' });
