/** What is kept: objects and records, and the requests that read and write them. */
import type { PriceName } from './prices';
import type { PricedStack } from './stack';
import { bytesOf, DAYS_PER_MONTH, GB, recordBytes, sum, variantsOf } from './work';
import type { Usage, Workload } from './workload';

/** Bytes that one write unit of DynamoDB holds. */
const WRITE_UNIT = 1024;
/** S3 leaves smaller objects in the class they are in. */
const LEAST_TRANSITION_MB = 128 / 1024;

/** Requests to S3 that the workflow and its uploads make. */
export function requests(
  stack: PricedStack,
  { images, failing }: Workload,
): { writes: number; reads: number } {
  const variants = variantsOf(stack).eager.length;
  const done = images * (1 - failing);
  return {
    // The upload; each thumbnail, or the copy to quarantine.
    writes: images + done * variants + images * failing,
    // Validate reads the head and Thumbnail the whole object; no thumbnail of a new object is looked for. The copy reads, too.
    reads: images + done + images * failing,
  };
}

export function objects(stack: PricedStack, workload: Workload): Usage[] {
  const { images, megabytes, failing, monthsKept } = workload;
  const { writes, reads } = requests(stack, workload);
  const originals = (images * megabytes * monthsKept) / 1024;
  const made = sum(variantsOf(stack).eager.map(bytesOf));
  const thumbnails = (images * (1 - failing) * made * monthsKept) / GB;
  const moved = moves(stack, workload);
  const line = (what: string, price: PriceName, quantity: number) => ({
    service: 'S3',
    what,
    price,
    quantity,
  });
  return [
    line('uploads, thumbnails written', 's3.write', writes),
    line('reads', 's3.read', reads),
    line('originals and quarantine', 's3.storage', originals * (1 - moved.share + failing)),
    line('originals, infrequently read', 's3.infrequentStorage', originals * moved.share),
    line('thumbnails', 's3.storage', thumbnails),
    line('transitions', 's3.transition', moved.transitions),
    line('monitoring of Intelligent-Tiering', 's3.monitoring', moved.monitored),
  ];
}

/** What a lifecycle transition does to originals: the share that then costs less, and what the transition costs. */
function moves({ transition }: PricedStack, { images, megabytes, monthsKept }: Workload) {
  if (!transition || megabytes < LEAST_TRANSITION_MB) return { share: 0, transitions: 0, monitored: 0 };
  const tiering = transition.storageClass === 'INTELLIGENT_TIERING';
  const older = (days: number) => Math.max(0, monthsKept - days / DAYS_PER_MONTH);
  // Intelligent-Tiering moves an object to infrequent access after 30 days without a read.
  const infrequent = older(transition.afterDays + (tiering ? 30 : 0));
  return {
    share: infrequent / monthsKept,
    transitions: older(transition.afterDays) > 0 ? images : 0,
    monitored: tiering ? images * older(transition.afterDays) : 0,
  };
}

export function records(stack: PricedStack, { images, failing, monthsKept }: Workload): Usage[] {
  const bytes = recordBytes(stack);
  const units = Math.ceil(bytes / WRITE_UNIT);
  // Done: claimed and indexed, completed and removed from the index, marked as notified. Failed: claimed, failed, indexed.
  const writes = images * (1 - failing) * (2 + units + 1 + units) + images * failing * (2 + 2 * units);
  const stored = (images * bytes * monthsKept) / GB;
  return [
    { service: 'DynamoDB', what: 'writes', price: 'dynamodb.write', quantity: writes },
    { service: 'DynamoDB', what: 'records', price: 'dynamodb.storage', quantity: stored },
    {
      service: 'DynamoDB',
      what: 'point-in-time recovery',
      price: 'dynamodb.recovery',
      quantity: stack.pointInTimeRecovery ? stored : 0,
    },
  ];
}
