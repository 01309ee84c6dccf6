import { only, readable, synthesize } from '../synthesized';

const { resource } = synthesize({ backlog: { concurrency: 5 } });
const block = (type: string, id: string) => only(readable(resource[type]!), id);
const DAY = 24 * 60 * 60;

test('every queue keeps messages for 14 days, encrypted, and has a policy', () => {
  const queues = Object.values(readable(resource['aws_sqs_queue']!));
  expect(queues.map((queue) => queue['name']).sort()).toEqual([
    'thumbnail-workflow-backlog',
    'thumbnail-workflow-dead-letters',
    'thumbnail-workflow-failures',
  ]);
  for (const queue of queues) {
    expect(queue).toMatchObject({ message_retention_seconds: 14 * DAY, sqs_managed_sse_enabled: true });
  }
  expect(Object.keys(resource['aws_sqs_queue_policy']!)).toHaveLength(queues.length);
});

describe('the backlog', () => {
  const queue = block('aws_sqs_queue', 'backlog');
  const resume = block('aws_lambda_function', 'resume-function');
  const redrive = JSON.parse(queue['redrive_policy']);

  test('is processed message by message, with limited concurrency', () => {
    expect(block('aws_lambda_event_source_mapping', 'backlog')).toEqual({
      event_source_arn: '<backlog_queue.arn>',
      function_name: '<resume-function.qualified_arn>',
      batch_size: 1,
      function_response_types: ['ReportBatchItemFailures'],
      scaling_config: { maximum_concurrency: 5 },
    });
  });

  test('hides a message for longer than the function can run, which is longer than an execution can', () => {
    expect(resume['timeout']).toBeGreaterThan(300);
    expect(queue['visibility_timeout_seconds']).toBeGreaterThanOrEqual(6 * resume['timeout']);
  });

  test('moves a message that never finishes to the failure queue, after a day of waiting and before SQS deletes it', () => {
    expect(redrive.deadLetterTargetArn).toBe('<failure-queue.arn>');
    // A message that was throttled waits half an hour at least once its waits have grown.
    expect(redrive.maxReceiveCount).toBeGreaterThan((2 * DAY) / (30 * 60));
    // One whose function always dies comes back after the visibility timeout.
    expect(redrive.maxReceiveCount * queue['visibility_timeout_seconds']).toBeLessThan(14 * DAY);
    // And the longest wait between two attempts is an hour.
    expect(redrive.maxReceiveCount * 60 * 60).toBeLessThan(14 * DAY);
  });

  test('knows the state machine and the queue', () => {
    expect(resume['environment'].variables).toEqual({
      STATE_MACHINE_ARN: '<state-machine.arn>',
      QUEUE_URL: '<backlog_queue.url>',
      WORKFLOW_NAME: 'thumbnail-workflow',
    });
  });
});
