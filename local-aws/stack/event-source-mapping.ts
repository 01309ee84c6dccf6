import { single, text } from './arguments';
import type { Block } from './block';
import type { EventSourceMapping, LambdaFunction, Queue } from './model';

/** Limits and defaults of SQS as an event source: docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const BATCH_SIZE = { usual: 10, largest: 10 };
const CONCURRENCY = { least: 2, most: 1_000 };

/** Default visibility timeout of SQS, in seconds. */
const VISIBILITY_TIMEOUT = 30;

/**
 * @returns undefined for a mapping that is not enabled
 * @throws Error for what Lambda would not accept
 */
export function eventSourceMapping(
  block: Block,
  queues: Queue[],
  functions: LambdaFunction[],
): EventSourceMapping | undefined {
  if (block.get('enabled') === false) return undefined;
  const source = text(block, 'event_source_arn');
  const name = text(block, 'function_name');
  const queue = queues.find(({ arn }) => arn === source);
  if (!queue) throw new Error(`Expected a queue of the stack for event_source_arn but received ${source}`);
  const fn = functions.find((each) => [each.qualifiedArn, each.arn, each.name].includes(name));
  if (!fn) throw new Error(`Expected a function of the stack for function_name but received ${name}`);

  const visibility = queue.attributes.VisibilityTimeout ?? VISIBILITY_TIMEOUT;
  if (visibility < fn.timeoutSeconds) {
    throw new Error(
      `Expected the visibility timeout of the queue ${queue.name} to be at least the ${fn.timeoutSeconds} s ` +
        `the function ${fn.name} may take but received ${visibility} s`,
    );
  }
  const types = (block.get('function_response_types') ?? []) as string[];
  const concurrency = single(block.get('scaling_config'))['maximum_concurrency'];
  return {
    queue: queue.arn,
    functionArn: fn.qualifiedArn,
    batchSize: within(
      'batch_size',
      Number(block.get('batch_size') ?? BATCH_SIZE.usual),
      1,
      BATCH_SIZE.largest,
    ),
    reportBatchItemFailures: types.includes('ReportBatchItemFailures'),
    ...(concurrency !== undefined && {
      maximumConcurrency: within(
        'maximum_concurrency',
        Number(concurrency),
        CONCURRENCY.least,
        CONCURRENCY.most,
      ),
    }),
  };
}

function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`Expected ${least} to ${most} for ${name} but received ${value}`);
}
