/** How much of what a month of images takes. Pure arithmetic over what a stack is and what was measured. */
import { apiUsage, deliveryUsage } from './doors';
import measures from './measures.json';
import type { PriceName } from './prices';
import type { PricedStack } from './stack';
import { bytesOf, GB, slowdown, sum, variantsOf, workMs } from './work';

export interface Workload {
  /** Uploads in a month. */
  images: number;
  /** Of an upload, on average; MB as S3 counts them, 2^20 bytes. */
  megabytes: number;
  /** Share of the uploads that fail, 0 to 1. */
  failing: number;
  /** Months for which originals and thumbnails are kept: what lies in the buckets. */
  monthsKept: number;
  /** Thumbnails that people see in a month, where the stack delivers them. */
  views: number;
  /** Share of the images of which a variant on request is ever asked for, 0 to 1. */
  seen: number;
}

/** One line of the bill, before it is priced. */
export interface Usage {
  service: string;
  what: string;
  price: PriceName;
  /** In units of the price. */
  quantity: number;
}

const SECONDS_PER_MONTH = 730 * 3600;
const DAYS_PER_MONTH = 30;
const WRITE_UNIT = 1024;
/** Step Functions bills memory in chunks of this size; an execution of this workflow fits into one. */
const EXECUTION_GB = 64 / 1024;
/** S3 leaves smaller objects in the class they are in. */
const LEAST_TRANSITION_MB = 128 / 1024;

const WAIT = measures.waitMs.value;
const CPU = measures.cpuMs.value;

/** @param stack with the preset that all images use as its first */
export function usage(stack: PricedStack, workload: Workload): Usage[] {
  const lines = [
    ...functions(stack, workload),
    ...executions(stack, workload),
    ...objects(stack, workload),
    ...records(stack, workload),
    ...messages(stack, workload),
    ...observability(stack, workload),
    ...encryption(stack, workload),
    ...deliveryUsage(stack, workload),
    ...apiUsage(stack, workload),
  ].filter(({ quantity }) => quantity > 0);
  const services = lines.map(({ service }) => service);
  return lines.toSorted((one, other) => services.indexOf(one.service) - services.indexOf(other.service));
}

/** Milliseconds that one invocation of each function is billed, by function. */
function durations(stack: PricedStack, workload: Workload): Record<keyof typeof WAIT, number> {
  const cpu = { ...CPU, thumbnail: workMs(variantsOf(stack).eager, stack, workload) };
  const names = Object.keys(WAIT) as (keyof typeof WAIT)[];
  return Object.fromEntries(
    names.map((name) => [name, WAIT[name] + cpu[name] * slowdown(stack, name)]),
  ) as Record<keyof typeof WAIT, number>;
}

/** Invocations of each function in a month. An image that fails is taken to fail in Validate. */
function invocations({ images, failing }: Workload): Record<keyof typeof WAIT, number> {
  const done = images * (1 - failing);
  return {
    validate: images,
    thumbnail: done,
    'store-metadata': done,
    notify: done,
    quarantine: images * failing,
  };
}

function functions(stack: PricedStack, workload: Workload): Usage[] {
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

function executions(stack: PricedStack, workload: Workload): Usage[] {
  const { quarantine, validate, ...rest } = durations(stack, workload);
  const overhead = measures.stateOverheadMs.value;
  const seconds = (states: number[]) => Math.ceil((sum(states) + states.length * overhead) / 100) / 10;
  const { images, failing } = workload;
  const all =
    images * (1 - failing) * seconds([validate, ...Object.values(rest)]) +
    images * failing * seconds([validate, quarantine]);
  return [
    { service: 'Step Functions', what: 'executions', price: 'stepFunctions.request', quantity: images },
    {
      service: 'Step Functions',
      what: 'their duration',
      price: 'stepFunctions.gbSecond',
      quantity: all * EXECUTION_GB,
    },
  ];
}

function requests(stack: PricedStack, { images, failing }: Workload): { writes: number; reads: number } {
  const variants = variantsOf(stack).eager.length;
  const done = images * (1 - failing);
  return {
    // The upload; each thumbnail, or the copy to quarantine.
    writes: images + done * variants + images * failing,
    // Validate reads the head, Thumbnail the whole; of a new object no thumbnail is looked for. The copy reads, too.
    reads: images + done + images * failing,
  };
}

function objects(stack: PricedStack, workload: Workload): Usage[] {
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

/** What a lifecycle transition does to originals: the share that costs less by then, and what that takes. */
function moves({ transition }: PricedStack, { images, megabytes, monthsKept }: Workload) {
  if (!transition || megabytes < LEAST_TRANSITION_MB) return { share: 0, transitions: 0, monitored: 0 };
  const tiering = transition.storageClass === 'INTELLIGENT_TIERING';
  const older = (days: number) => Math.max(0, monthsKept - days / DAYS_PER_MONTH);
  // Intelligent-Tiering calls an object infrequent after 30 days without a read.
  const infrequent = older(transition.afterDays + (tiering ? 30 : 0));
  return {
    share: infrequent / monthsKept,
    transitions: older(transition.afterDays) > 0 ? images : 0,
    monitored: tiering ? images * older(transition.afterDays) : 0,
  };
}

function records(stack: PricedStack, { images, failing, monthsKept }: Workload): Usage[] {
  const { base, perVariant } = measures.recordBytes.value;
  const bytes = base + perVariant * stack.presets[0]!.variants.length;
  const units = Math.ceil(bytes / WRITE_UNIT);
  // Done: claimed and indexed, completed and taken out of the index, noted as told. Failed: claimed, failed and indexed.
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

function messages({ emails }: PricedStack, { images, failing }: Workload): Usage[] {
  const mails = images * (1 - failing) * emails.processed + images * failing * emails.errors;
  return [
    { service: 'SNS', what: 'messages', price: 'sns.publish', quantity: images },
    { service: 'SNS', what: 'emails', price: 'sns.email', quantity: mails },
    {
      service: 'SQS',
      what: 'looking for a backlog',
      price: 'sqs.request',
      quantity: measures.idlePollsPerMonth.value,
    },
  ];
}

function observability(stack: PricedStack, workload: Workload): Usage[] {
  const { events, data, dataPerFurtherVariant } = measures.executionLogBytes.value;
  const { images } = workload;
  const further = Math.max(0, variantsOf(stack).eager.length - 1);
  const withData = stack.logs.executionData ? data + dataPerFurtherVariant * further : 0;
  const byExecutions = (images * (events + withData)) / GB;
  const byFunctions = (sum(Object.values(invocations(workload))) * measures.functionLogBytes.value) / GB;
  const kept = Math.min(stack.logs.retentionDays / DAYS_PER_MONTH, workload.monthsKept);
  const line = (what: string, price: PriceName, quantity: number) => ({
    service: 'CloudWatch',
    what,
    price,
    quantity,
  });
  return [
    line('logs of executions', 'logs.ingestion', byExecutions),
    line('logs of functions', 'logs.ingestion', byFunctions),
    line('logs kept', 'logs.storage', (byExecutions + byFunctions) * measures.logCompression.value * kept),
    line('metrics', 'cloudwatch.metric', images > 0 ? measures.customMetrics.value : 0),
    line('alarms', 'cloudwatch.alarm', stack.alarmMetrics),
    line('dashboard', 'cloudwatch.dashboard', stack.dashboards),
    { service: 'X-Ray', what: 'traces', price: 'xray.trace', quantity: stack.tracing ? traces(images) : 0 },
  ];
}

/** Uploads spread evenly: the first of each second is traced, and a share of the rest. */
function traces(images: number): number {
  const first = Math.min(images, SECONDS_PER_MONTH * measures.tracesPerSecond.value);
  return first + (images - first) * measures.tracedShare.value;
}

function encryption(stack: PricedStack, workload: Workload): Usage[] {
  const { writes, reads } = requests(stack, workload);
  return [
    { service: 'KMS', what: 'key', price: 'kms.key', quantity: stack.keys },
    {
      service: 'KMS',
      what: 'requests',
      price: 'kms.request',
      quantity: stack.keys > 0 ? (writes + reads) * measures.keyRequestsPerObjectRequest.value : 0,
    },
  ];
}
