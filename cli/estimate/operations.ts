/** What tells people about the workflow and protects it: messages, logs, alarms, keys. */
import { invocations, otherExecutions } from './compute';
import measures from './measures.json';
import type { PriceName } from './prices';
import type { PricedStack } from './stack';
import { requests } from './storage';
import { DAYS_PER_MONTH, GB, SECONDS_PER_MONTH, sum, variantsOf } from './work';
import type { Usage, Workload } from './workload';

export function messages({ emails, events }: PricedStack, { images, failing }: Workload): Usage[] {
  const mails = images * (1 - failing) * emails.processed + images * failing * emails.errors;
  return [
    { service: 'SNS', what: 'messages', price: 'sns.publish', quantity: images },
    { service: 'SNS', what: 'emails', price: 'sns.email', quantity: mails },
    { service: 'EventBridge', what: 'events', price: 'eventBridge.event', quantity: events ? images : 0 },
    {
      service: 'SQS',
      what: 'looking for a backlog',
      price: 'sqs.request',
      quantity: measures.idlePollsPerMonth.value,
    },
  ];
}

export function observability(stack: PricedStack, workload: Workload): Usage[] {
  const { events, data, dataPerFurtherVariant } = measures.executionLogBytes.value;
  const { images } = workload;
  const further = Math.max(0, variantsOf(stack).eager.length - 1);
  const withData = stack.logs.executionData ? data + dataPerFurtherVariant * further : 0;
  const others = otherExecutions(stack, workload);
  const other = measures.otherExecutionLogBytes.value;
  const ofOthers = other.events + (stack.logs.executionData ? other.data : 0);
  const byExecutions = (images * (events + withData) + others * ofOthers) / GB;
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
    {
      service: 'X-Ray',
      what: 'traces',
      price: 'xray.trace',
      quantity: stack.tracing ? traces(images + others) : 0,
    },
  ];
}

/** Executions spread evenly: the first of each second is traced, and a share of the rest. */
function traces(started: number): number {
  const first = Math.min(started, SECONDS_PER_MONTH * measures.tracesPerSecond.value);
  return first + (started - first) * measures.tracedShare.value;
}

export function encryption(stack: PricedStack, workload: Workload): Usage[] {
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
