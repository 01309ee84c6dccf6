import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadStack } from '../../../local-aws/stack/load';
import pipeline from './pipeline.json';

const place = { account: '000000000000', region: 'us-east-1' };

type Json = Record<string, unknown>;

/** Writes the stack as synth does and loads it. */
function load(terraform: object) {
  const folder = join(mkdtempSync(join(tmpdir(), 'stack-')), 'a-stack');
  mkdirSync(folder);
  const file = join(folder, 'cdk.tf.json');
  writeFileSync(file, JSON.stringify(terraform));
  return { folder, stack: loadStack(file, place) };
}

/** Loads a stack of just these resources and returns the error's text. */
function refusal(resource: object, rest: object = {}): string {
  try {
    load({ resource, ...rest });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('Expected the stack to be refused');
}

describe('a synthesized stack', () => {
  const { stack, folder } = load(pipeline);

  test('takes its name from synth and its region from its provider', () => {
    expect(stack).toMatchObject({ name: 'thumbnails', account: '000000000000', region: 'eu-west-1' });
  });

  test('is named after its folder if synth wrote no name, and runs in the given account and region', () => {
    expect(load({}).stack).toMatchObject({ name: 'a-stack', region: 'us-east-1' });
  });

  test('names a bucket after account and region, with its versioning and its events', () => {
    expect(stack.buckets).toEqual([
      {
        name: 'uploads-000000000000-eu-west-1',
        arn: 'arn:aws:s3:::uploads-000000000000-eu-west-1',
        versioning: true,
        eventBridge: true,
      },
      { name: 'thumbnails', arn: 'arn:aws:s3:::thumbnails', versioning: false, eventBridge: false },
    ]);
  });

  test('finds the package of a function relative to the stack, and turns its environment into text', () => {
    expect(stack.functions).toEqual([
      {
        name: 'thumbnails-validate',
        arn: 'arn:aws:lambda:eu-west-1:000000000000:function:thumbnails-validate',
        qualifiedArn: 'arn:aws:lambda:eu-west-1:000000000000:function:thumbnails-validate:1',
        version: '1',
        handler: 'index.handler',
        zip: join(folder, 'assets/validate/ABC/validate.zip'),
        role: 'arn:aws:iam::000000000000:role/thumbnails-validate',
        timeoutSeconds: 20,
        memoryMb: 512,
        environment: { TABLE: 'records', LIMIT: '50' },
        reservedConcurrency: 5,
        logGroup: '/aws/lambda/thumbnails-validate',
      },
    ]);
  });

  test('turns a table into the input of CreateTable', () => {
    expect(stack.tables).toEqual([
      {
        name: 'records',
        arn: 'arn:aws:dynamodb:eu-west-1:000000000000:table/records',
        create: {
          TableName: 'records',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [
            { AttributeName: 'id', AttributeType: 'S' },
            { AttributeName: 'failedDay', AttributeType: 'S' },
            { AttributeName: 'time', AttributeType: 'S' },
          ],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'failures',
              KeySchema: [
                { AttributeName: 'failedDay', KeyType: 'HASH' },
                { AttributeName: 'time', KeyType: 'RANGE' },
              ],
              Projection: { ProjectionType: 'ALL' },
            },
          ],
        },
      },
    ]);
  });

  test('parses the definition after its references are resolved, and keeps an escaped ${', () => {
    expect(stack.stateMachines).toEqual([
      {
        name: 'thumbnails',
        arn: 'arn:aws:states:eu-west-1:000000000000:stateMachine:thumbnails',
        type: 'EXPRESS',
        role: 'arn:aws:iam::000000000000:role/thumbnails-machine',
        definition: {
          Comment: 'Costs ${5}',
          StartAt: 'Validate',
          States: {
            Validate: {
              Type: 'Task',
              Resource: 'arn:aws:lambda:eu-west-1:000000000000:function:thumbnails-validate:1',
              Parameters: { 'state.$': '$' },
              End: true,
            },
          },
        },
        logging: { level: 'ALL', includeExecutionData: true, logGroup: '/aws/lambda/thumbnails-validate' },
      },
    ]);
  });

  test('gives a rule its parsed pattern, and its targets with retry policy and dead-letter queue', () => {
    expect(stack.rules).toEqual([
      {
        name: 'uploads',
        arn: 'arn:aws:events:eu-west-1:000000000000:rule/uploads',
        pattern: { source: ['aws.s3'], detail: { bucket: { name: ['uploads-000000000000-eu-west-1'] } } },
        targets: [
          {
            arn: 'arn:aws:states:eu-west-1:000000000000:stateMachine:thumbnails',
            role: 'arn:aws:iam::000000000000:role/thumbnails-machine',
            deadLetterQueue: 'arn:aws:sqs:eu-west-1:000000000000:events-dlq',
            maximumRetryAttempts: 10,
            maximumEventAgeSeconds: 3600,
          },
        ],
      },
    ]);
  });

  test('gives a role its trust policy, and its inline and attached policies in the same form', () => {
    expect(stack.roles[0]).toEqual({
      name: 'thumbnails-validate',
      arn: 'arn:aws:iam::000000000000:role/thumbnails-validate',
      trust: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['sts:AssumeRole'],
            Resource: [],
            Principal: { Service: ['lambda.amazonaws.com'] },
          },
        ],
      },
      policies: [
        {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'ReadUploads',
              Effect: 'Allow',
              Action: ['s3:GetObject'],
              Resource: ['arn:aws:s3:::uploads-000000000000-eu-west-1/*'],
            },
            {
              Effect: 'Deny',
              Action: ['s3:*'],
              Resource: ['arn:aws:s3:::uploads-000000000000-eu-west-1', 'arn:aws:s3:::${aws:username}'],
              Condition: { Bool: { 'aws:SecureTransport': ['false'] } },
            },
          ],
        },
        {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['logs:PutLogEvents'],
              Resource: ['arn:aws:logs:eu-west-1:000000000000:log-group:/aws/lambda/thumbnails-validate:*'],
            },
          ],
        },
      ],
    });
  });

  test('keeps the policies of buckets, queues and topics by the ARN they are attached to', () => {
    expect(stack.resourcePolicies).toEqual({
      'arn:aws:s3:::uploads-000000000000-eu-west-1': {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Action: ['s3:*'],
            Resource: ['arn:aws:s3:::uploads-000000000000-eu-west-1/*'],
            Principal: { AWS: ['*'] },
          },
        ],
      },
      'arn:aws:sqs:eu-west-1:000000000000:events-dlq': {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['sqs:SendMessage'],
            Resource: ['arn:aws:sqs:eu-west-1:000000000000:events-dlq'],
            Principal: { Service: ['events.amazonaws.com'], AWS: ['*'] },
            Condition: {
              ArnEquals: { 'aws:SourceArn': ['arn:aws:events:eu-west-1:000000000000:rule/uploads'] },
            },
          },
        ],
      },
    });
  });

  test('gives a topic its subscriptions and a queue its URL', () => {
    expect(stack.topics).toEqual([
      {
        name: 'errors',
        arn: 'arn:aws:sns:eu-west-1:000000000000:errors',
        subscriptions: [
          { protocol: 'email', endpoint: 'ops@example.com', filterPolicy: { status: ['FAILED'] } },
        ],
      },
    ]);
    expect(stack.queues).toEqual([
      {
        name: 'events-dlq',
        arn: 'arn:aws:sqs:eu-west-1:000000000000:events-dlq',
        url: 'https://sqs.eu-west-1.amazonaws.com/000000000000/events-dlq',
        attributes: { MessageRetentionPeriod: 1_209_600 },
      },
    ]);
  });

  test('resolves its outputs', () => {
    expect(stack.outputs).toEqual({
      bucket: 'uploads-000000000000-eu-west-1',
      try_it: 'aws s3 cp photo.jpg s3://uploads-000000000000-eu-west-1/',
    });
  });
});

describe('what the engine cannot run is refused by its address', () => {
  const topic = (extra: Json) => ({ aws_sns_topic: { t: { name: 'n', ...extra } } });

  test.each<[string, object, string]>([
    ['a resource type', { aws_vpc: { main: {} } }, 'aws_vpc.main: the local engine does not run aws_vpc'],
    [
      'an argument that would change what runs',
      topic({ fifo_topic: true }),
      'aws_sns_topic.t.fifo_topic: the local engine does not know this argument of aws_sns_topic',
    ],
    [
      'an attribute',
      {
        aws_sns_topic: { t: { name: '${aws_s3_bucket.b.hosted_zone_id}' } },
        aws_s3_bucket: { b: { bucket: 'b' } },
      },
      'aws_s3_bucket.b: the local engine does not know the attribute "hosted_zone_id" of aws_s3_bucket',
    ],
    [
      'a reference to nothing',
      topic({ display_name: '${aws_s3_bucket.gone.arn}' }),
      'aws_sns_topic.t.display_name: refers to aws_s3_bucket.gone, which the stack does not have',
    ],
    [
      'a Terraform function',
      topic({ name: '${join("-", ["a", "b"])}' }),
      'aws_sns_topic.t.name: Expected a plain reference such as ${aws_sns_topic.errors.arn} but received "${join("-", ["a", "b"])}"',
    ],
    [
      'a template directive',
      topic({ name: '%{ if true }x%{ endif }' }),
      'aws_sns_topic.t.name: the template directive',
    ],
    ['count', topic({ count: 2 }), 'aws_sns_topic.t.count: the local engine takes each block once'],
    ['for_each', topic({ for_each: [] }), 'aws_sns_topic.t.for_each: the local engine takes each block once'],
    [
      'a policy element that would be ignored',
      {
        aws_sqs_queue: { q: { name: 'q' } },
        aws_sqs_queue_policy: {
          p: {
            queue_url: '${aws_sqs_queue.q.url}',
            policy: '{"Statement":[{"Effect":"Allow","NotAction":"sqs:*","Resource":"*"}]}',
          },
        },
      },
      'aws_sqs_queue_policy.p: the policy element NotAction is not evaluated locally',
    ],
    [
      'a policy managed by AWS',
      {
        aws_iam_role: { r: { name: 'r', assume_role_policy: '{"Statement":[]}' } },
        aws_iam_role_policy_attachment: {
          a: { role: '${aws_iam_role.r.name}', policy_arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
        },
      },
      'aws_iam_role_policy_attachment.a: arn:aws:iam::aws:policy/ReadOnlyAccess is not in the stack',
    ],
    [
      'a definition that is not JSON',
      { aws_sfn_state_machine: { m: { name: 'm', role_arn: 'r', definition: '{"StartAt": ' } } },
      'aws_sfn_state_machine.m: Expected JSON text',
    ],
    [
      'a name that AWS would generate',
      { aws_s3_bucket: { b: {} } },
      'aws_s3_bucket.b: Expected text for bucket but received undefined',
    ],
    [
      'provisioned throughput',
      { aws_dynamodb_table: { t: { name: 't', hash_key: 'id', attribute: [] } } },
      'aws_dynamodb_table.t: Expected PAY_PER_REQUEST for billing_mode but received undefined',
    ],
    [
      'a disabled rule',
      { aws_cloudwatch_event_rule: { r: { name: 'r', state: 'DISABLED', event_pattern: '{}' } } },
      'aws_cloudwatch_event_rule.r: Expected ENABLED for state but received "DISABLED"',
    ],
  ])('%s', (_, resource, expected) => {
    expect(refusal(resource)).toContain(`\n  ${expected}`);
  });

  test('a second provider, and blocks outside what synth writes', () => {
    const text = refusal(
      {},
      { provider: { aws: [{ region: 'a' }, { region: 'b', alias: 'b' }] }, module: {} },
    );
    expect(text).toContain('provider.aws: the local engine runs one region');
    expect(text).toContain('module: the local engine does not read this block');
  });

  test('a dependency cycle, even if no attribute needs another', () => {
    const text = refusal({
      aws_sns_topic: {
        a: { name: 'a', display_name: '${aws_sns_topic.b.arn}' },
        b: { name: 'b', display_name: '${aws_sns_topic.a.arn}' },
      },
    });
    expect(text).toContain('dependency cycle aws_sns_topic.a → aws_sns_topic.b → aws_sns_topic.a');
  });

  test('all problems at once', () => {
    const text = refusal({ aws_vpc: { main: {} }, aws_sns_topic: { t: { name: 'n', count: 2 } } });
    expect(text).toMatch(/cdk\.tf\.json has 2 parts that cannot run locally:/);
    expect(text).toContain('aws_vpc.main');
    expect(text).toContain('aws_sns_topic.t.count');
  });
});

describe('a queue that invokes a function', () => {
  const queues = {
    work: {
      name: 'work',
      visibility_timeout_seconds: 60,
      delay_seconds: 5,
      redrive_policy: '{"deadLetterTargetArn":"${aws_sqs_queue.dead.arn}","maxReceiveCount":3}',
    },
    dead: { name: 'dead' },
  };
  const functions = {
    worker: {
      function_name: 'worker',
      role: 'r',
      handler: 'index.handler',
      filename: 'a.zip',
      publish: true,
      timeout: 10,
    },
  };
  const mapping = {
    event_source_arn: '${aws_sqs_queue.work.arn}',
    function_name: '${aws_lambda_function.worker.arn}',
  };
  const resources = (overrides: object = {}, queue: object = {}) => ({
    aws_sqs_queue: { ...queues, work: { ...queues.work, ...queue } },
    aws_lambda_function: functions,
    aws_lambda_event_source_mapping: { mapping: { ...mapping, ...overrides } },
  });
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:work';

  test('has its timeouts and its dead-letter queue', () => {
    expect(load({ resource: resources() }).stack.queues[0]?.attributes).toEqual({
      VisibilityTimeout: 60,
      DelaySeconds: 5,
      RedrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead', maxReceiveCount: 3 },
    });
  });

  test('is reached at the endpoint, if one is known', () => {
    const { folder } = load({ resource: resources() });
    const { queues: found } = loadStack(join(folder, 'cdk.tf.json'), {
      ...place,
      endpoint: 'http://127.0.0.1:4566',
    });
    expect(found[0]?.url).toBe('http://127.0.0.1:4566/000000000000/work');
  });

  test.each([['arn'], ['qualified_arn'], ['function_name']])(
    'is polled for a function named by its %s, ten messages at a time unless it says otherwise',
    (attribute) => {
      const function_name = `\${aws_lambda_function.worker.${attribute}}`;
      const { stack } = load({ resource: resources({ function_name }) });
      expect(stack.eventSourceMappings).toEqual([
        {
          queue: queueArn,
          functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:worker:1',
          batchSize: 10,
          reportBatchItemFailures: false,
        },
      ]);
    },
  );

  test('is polled as the mapping says', () => {
    const { stack } = load({
      resource: resources({
        batch_size: 1,
        function_response_types: ['ReportBatchItemFailures'],
        scaling_config: { maximum_concurrency: 5 },
      }),
    });
    expect(stack.eventSourceMappings).toMatchObject([
      { batchSize: 1, reportBatchItemFailures: true, maximumConcurrency: 5 },
    ]);
  });

  test('is not polled if the mapping is disabled', () => {
    expect(load({ resource: resources({ enabled: false }) }).stack.eventSourceMappings).toEqual([]);
  });

  test.each([
    [{ batch_size: 11 }, {}, 'Expected 1 to 10 for batch_size but received 11'],
    [
      { scaling_config: { maximum_concurrency: 1 } },
      {},
      'Expected 2 to 1000 for maximum_concurrency but received 1',
    ],
    [
      { event_source_arn: 'arn:x' },
      {},
      'Expected a queue of the stack for event_source_arn but received arn:x',
    ],
    [{ function_name: 'x' }, {}, 'Expected a function of the stack for function_name but received x'],
    [
      {},
      { visibility_timeout_seconds: 9 },
      'Expected the visibility timeout of the queue work to be at least the 10 s the function worker may take but received 9 s',
    ],
    [{ filter_criteria: {} }, {}, 'does not know this argument of aws_lambda_event_source_mapping'],
  ])(
    'is refused with %j and %j, which Lambda would refuse or the engine does not simulate',
    (overrides, queue, message) => {
      expect(refusal(resources(overrides, queue))).toContain(message);
    },
  );
});

test('a table has the name of the attribute by which its items expire, if that is enabled', () => {
  const table = (ttl: object) => ({
    resource: {
      aws_dynamodb_table: {
        records: {
          name: 'records',
          hash_key: 'id',
          attribute: { name: 'id', type: 'S' },
          billing_mode: 'PAY_PER_REQUEST',
          ttl,
        },
      },
    },
  });
  expect(load(table({ attribute_name: 'expiresAt', enabled: true })).stack.tables[0]?.timeToLive).toBe(
    'expiresAt',
  );
  expect(load(table({ attribute_name: 'expiresAt', enabled: false })).stack.tables[0]).not.toHaveProperty(
    'timeToLive',
  );
});
