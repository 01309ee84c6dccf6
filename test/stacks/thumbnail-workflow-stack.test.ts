import { PACKAGE_SHA256 } from '../../scripts/synthesize';
import { functionsFor } from '../../stacks/catalogue';
import { parseSettings } from '../../stacks/load-settings';
import { EXECUTION_LIMIT } from '../../stacks/state-machine/definition';
import { only, readable, synthesize } from './synthesized';

const stack = synthesize({
  notifications: { processed: ['a@example.com'], errors: ['b@example.com', 'c@example.com'] },
});
const blocks = (type: string) => readable(stack.resource[type] ?? {});

describe('the stack', () => {
  test('requires versions of Terraform and of the provider, and has a relative path for the state file', () => {
    expect(stack.terraform['required_version']).toBe('>= 1.10');
    expect(stack.terraform['required_providers']).toEqual({ aws: { source: 'aws', version: '~> 6.25' } });
    expect(stack.terraform['backend'].local.path).toMatch(
      /^(\.\.\/)+.*terraform\.thumbnail-workflow\.tfstate$/,
    );
  });

  test('gives buckets unique names of at most 63 characters, however long the prefix and the region', () => {
    const named = synthesize({ namePrefix: 'a'.repeat(24), region: 'ap-southeast-2' });
    const names = Object.values(readable(named.resource['aws_s3_bucket']!)).map((bucket) => bucket['bucket']);
    expect(names).toContain(`${'a'.repeat(24)}-quarantine-<account.account_id>-ap-southeast-2`);
    expect(names).toHaveLength(3);
    for (const name of names) {
      expect(name.replace('<account.account_id>', '123456789012').length).toBeLessThanOrEqual(63);
    }
  });

  test('has outputs that name every resource people need, and a command to try it', () => {
    const outputs = Object.entries(readable(stack.output)).map(([name, output]) => [name, output['value']]);
    expect(Object.fromEntries(outputs)).toEqual({
      uploads_bucket: '<uploads-bucket.bucket>',
      uploads_prefix: '',
      uploads_suffixes: expect.stringMatching(/^jpg,jpeg,/),
      thumbnails_bucket: '<thumbnails-bucket.bucket>',
      thumbnails_prefix: '',
      quarantine_bucket: '<quarantine-bucket.bucket>',
      records_table: '<record-table.name>',
      processed_topic_arn: '<processed-topic.arn>',
      errors_topic_arn: '<errors-topic.arn>',
      operations_topic_arn: '<operations-topic.arn>',
      dashboard_console:
        'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/<monitoring_dashboard.dashboard_name>',
      state_machine_arn: '<state-machine.arn>',
      state_machine_console:
        'https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/statemachines/view/<state-machine.arn>',
      dead_letter_queue_url: '<object-events_dead-letter-queue.url>',
      backlog_queue_url: '<backlog_queue.url>',
      failure_queue_url: '<failure-queue.url>',
      log_retention_days: '30',
      tombstone_days: '30',
      upload_command: 'aws s3 cp photo.jpg s3://<uploads-bucket.bucket>/photo.jpg',
    });
  });

  test('quotes the command to try it if the prefix contains characters of the shell', () => {
    const { output } = synthesize({ uploads: { prefix: "it's in/", suffixes: ['png'] } });
    expect(readable(output)['upload_command']!['value']).toBe(
      `aws s3 cp photo.png s3://<uploads-bucket.bucket>/'it'\\''s in/photo.png'`,
    );
  });
});

describe('every bucket', () => {
  test.each(['uploads', 'thumbnails', 'quarantine'])(
    '%s is private, encrypted, without ACLs, and deletes incomplete uploads',
    (name) => {
      const of = (type: string) => only(blocks(type), `${name}-bucket`);
      expect(of('aws_s3_bucket_public_access_block')).toEqual({
        bucket: `<${name}-bucket.id>`,
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      });
      expect(of('aws_s3_bucket_ownership_controls')['rule']).toEqual({
        object_ownership: 'BucketOwnerEnforced',
      });
      expect(of('aws_s3_bucket_server_side_encryption_configuration')['rule']).toEqual([
        { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } },
      ]);
      expect(of('aws_s3_bucket_policy')['policy']).toBe(`<${name}-bucket_tls-only.json>`);
      expect(of('aws_s3_bucket_lifecycle_configuration')['rule']).toContainEqual({
        id: 'abort-incomplete-uploads',
        status: 'Enabled',
        filter: [{}],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      });
      expect(of('aws_s3_bucket')['force_destroy']).toBe(false);
    },
  );

  test.each(['uploads', 'quarantine'])('%s keeps replaced and deleted versions for 30 days', (name) => {
    expect(only(blocks('aws_s3_bucket_versioning'), `${name}-bucket`)['versioning_configuration']).toEqual({
      status: 'Enabled',
    });
    expect(only(blocks('aws_s3_bucket_lifecycle_configuration'), `${name}-bucket`)['rule']).toContainEqual({
      id: 'expire-noncurrent-versions',
      status: 'Enabled',
      filter: [{}],
      noncurrent_version_expiration: [{ noncurrent_days: 30 }],
      expiration: [{ expired_object_delete_marker: true }],
    });
  });

  test('only uploads sends its events to EventBridge, so an output can never start a workflow', () => {
    expect(Object.values(blocks('aws_s3_bucket_notification'))).toEqual([
      { bucket: '<uploads-bucket.id>', eventbridge: true },
    ]);
  });
});

describe('every function', () => {
  test.each(functionsFor(parseSettings({}, 'settings.json')))('%s', (name) => {
    const lambda = only(blocks('aws_lambda_function'), `${name}-function`);
    expect(lambda).toMatchObject({
      function_name: `thumbnail-workflow-${name}`,
      architectures: ['arm64'],
      runtime: 'nodejs24.x',
      handler: 'index.handler',
      publish: true,
      role: `<${name}-function_role.arn>`,
      source_code_hash: PACKAGE_SHA256,
      tracing_config: { mode: 'Active' },
      logging_config: {
        log_format: 'JSON',
        application_log_level: 'INFO',
        log_group: `<${name}-function_logs.name>`,
      },
      environment: {
        variables: { WORKFLOW_NAME: 'thumbnail-workflow' },
      },
    });
    expect(lambda['filename']).toMatch(
      new RegExp(`^assets/${name}-function_package_[0-9A-F]{8}/[0-9a-f]{32}/${name}\\.zip$`),
    );
    expect(only(blocks('aws_cloudwatch_log_group'), `${name}-function`)).toEqual({
      name: `/aws/lambda/thumbnail-workflow-${name}`,
      retention_in_days: 30,
    });
  });

  test('gets exactly the environment variables that its code reads', () => {
    const environment = (name: string) => {
      const { WORKFLOW_NAME, ...rest } = only(blocks('aws_lambda_function'), `${name}-function`)[
        'environment'
      ].variables;
      return rest;
    };
    const images = {
      PRESETS:
        '[{"name":"default","prefix":"","variants":[{"name":"thumbnail","width":200,"height":200,"fit":"inside","format":"same"}]}]',
      BACKGROUND: '#ffffff',
      ACCEPTED_FORMATS: 'jpeg,png,webp,gif',
      MAX_BYTES: '52428800',
      MAX_PIXELS: '109000000',
      MAX_SIDE: '65535',
    };
    expect(environment('validate')).toEqual({ TABLE_NAME: '<record-table.name>', ...images });
    expect(environment('thumbnail')).toEqual({
      THUMBNAILS_BUCKET: '<thumbnails-bucket.bucket>',
      ...images,
      CACHE_CONTROL: 'public, max-age=1209600',
      MALLOC_ARENA_MAX: '1',
    });
    expect(environment('store-metadata')).toEqual({
      TABLE_NAME: '<record-table.name>',
      THUMBNAILS_BUCKET: '<thumbnails-bucket.bucket>',
    });
    expect(environment('notify')).toEqual({
      TABLE_NAME: '<record-table.name>',
      TOPIC_ARN: '<processed-topic.arn>',
    });
    expect(environment('quarantine')).toEqual({
      TABLE_NAME: '<record-table.name>',
      THUMBNAILS_BUCKET: '<thumbnails-bucket.bucket>',
      QUARANTINE_BUCKET: '<quarantine-bucket.bucket>',
    });
    expect(environment('remove')).toEqual({
      TABLE_NAME: '<record-table.name>',
      THUMBNAILS_BUCKET: '<thumbnails-bucket.bucket>',
      QUEUE_URL: '<backlog_queue.url>',
      TOMBSTONE_DAYS: '30',
    });
    expect(environment('watch')).toEqual({ TABLE_NAME: '<record-table.name>' });
  });
});

describe('the state machine', () => {
  const machine = only(blocks('aws_sfn_state_machine'));

  test('is EXPRESS, logged with its data for the execution graph, and traced', () => {
    expect(machine).toMatchObject({
      name: 'thumbnail-workflow',
      type: 'EXPRESS',
      role_arn: '<state-machine_role.arn>',
      logging_configuration: {
        level: 'ALL',
        include_execution_data: true,
        log_destination: '<state-machine_logs.arn>:*',
      },
      tracing_configuration: { enabled: true },
    });
    expect(only(blocks('aws_cloudwatch_log_group'), 'state-machine')['name']).toBe(
      '/aws/vendedlogs/states/thumbnail-workflow',
    );
  });

  test('names published versions, so that a deploy never mixes code under a running execution', () => {
    const { States, TimeoutSeconds } = JSON.parse(machine['definition']);
    expect(TimeoutSeconds).toBe(EXECUTION_LIMIT);
    expect(States.Validate.Resource).toBe('<validate-function.qualified_arn>');
    expect(States.Thumbnail.Resource).toBe('<thumbnail-function.qualified_arn>');
    expect(States.StoreMetadata.Resource).toBe('<store-metadata-function.qualified_arn>');
    expect(States.Notify.Resource).toBe('<notify-function.qualified_arn>');
    expect(States.Quarantine.Resource).toBe('<quarantine-function.qualified_arn>');
    expect(States.Remove.Resource).toBe('<remove-function.qualified_arn>');
  });

  test('calls its topic and its queues without a function', () => {
    const { States } = JSON.parse(machine['definition']);
    expect(States.NotifyFailure.Parameters.TopicArn).toBe('<errors-topic.arn>');
    expect(States.SendToBacklog.Parameters.QueueUrl).toBe('<backlog_queue.url>');
    expect(States.QueueFailure.Parameters.QueueUrl).toBe('<failure-queue.url>');
  });

  test('contains Terraform references only for ARNs and URLs, and no template directive', () => {
    const definition: string = only(stack.resource['aws_sfn_state_machine'])['definition'];
    expect(definition.match(/\$\{[^}]*\}/g)).toHaveLength(9);
    expect(definition.replace(/\$\{aws_[a-z_]+\.[\w-]+\.(qualified_arn|arn|url)\}/g, '')).not.toMatch(
      /[$%]\{/,
    );
  });
});

describe('the table', () => {
  test('is on demand, recoverable, expires tombstones, and has indexes for failures by day and for stuck images', () => {
    expect(only(blocks('aws_dynamodb_table'))).toEqual({
      name: 'thumbnail-workflow-records',
      billing_mode: 'PAY_PER_REQUEST',
      hash_key: 'id',
      attribute: ['id', 'failedDay', 'updatedAt', 'processingShard', 'startedAt'].map((name) => ({
        name,
        type: 'S',
      })),
      global_secondary_index: [
        { name: 'failures-by-day', hash_key: 'failedDay', range_key: 'updatedAt', projection_type: 'ALL' },
        {
          name: 'processing-by-start',
          hash_key: 'processingShard',
          range_key: 'startedAt',
          projection_type: 'KEYS_ONLY',
        },
      ],
      ttl: { attribute_name: 'expiresAt', enabled: true },
      point_in_time_recovery: { enabled: true },
      deletion_protection_enabled: true,
    });
  });
});

describe('the topics', () => {
  test('are encrypted and have a subscription for each address', () => {
    expect(Object.values(blocks('aws_sns_topic'))).toEqual([
      { name: 'thumbnail-workflow-errors', kms_master_key_id: 'alias/aws/sns' },
      // CloudWatch can't use the key of SNS: test/stacks/monitoring holds the whole of it.
      { name: 'thumbnail-workflow-operations' },
      { name: 'thumbnail-workflow-processed', kms_master_key_id: 'alias/aws/sns' },
    ]);
    const subscriptions = Object.values(blocks('aws_sns_topic_subscription'));
    expect(subscriptions.map(({ topic_arn, protocol, endpoint }) => [topic_arn, protocol, endpoint])).toEqual(
      [
        ['<errors-topic.arn>', 'email', 'b@example.com'],
        ['<errors-topic.arn>', 'email', 'c@example.com'],
        ['<processed-topic.arn>', 'email', 'a@example.com'],
      ],
    );
  });

  test('keep their subscriptions when addresses are reordered or one is added', () => {
    const ids = (errors: string[]) =>
      Object.keys(synthesize({ notifications: { errors } }).resource['aws_sns_topic_subscription']!);
    const before = ids(['b@example.com', 'c@example.com']);
    expect(ids(['c@example.com', 'a@example.com', 'b@example.com'])).toEqual(expect.arrayContaining(before));
  });
});
