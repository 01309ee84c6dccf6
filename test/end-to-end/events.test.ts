/** Events about each outcome: the real stack, and a rule of another program beside it, under the permissions of both. */
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import Ajv from 'ajv/dist/2020';
import { DETAIL_TYPES } from '../../contract/messages/outcome-event';
import schema from '../../contract/messages/outcome-event.schema.json';
import { call } from '../cli/call';
import { Stack } from '../cli/run';
import { patternsIn } from '../docs/patterns';
import { picture } from '../fixtures/images';
import { pathOf, Workflow } from './workflow';

jest.setTimeout(120_000);

let stack: Stack;
let workflow: Workflow;
let queueUrl: string;

interface OutcomeEvent {
  'detail-type': string;
  resources: string[];
  detail: { dedupeId: string; [field: string]: unknown };
}

/** The schema, and besides: no field that it does not list. */
const { ready, failed, removed } = schema.$defs;
const closed = (definition: object) => ({ ...definition, unevaluatedProperties: false });
const valid = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile({
  ...schema,
  $defs: { ...schema.$defs, ready: closed(ready), failed: closed(failed), removed: closed(removed) },
});

/** The rule and the queue of docs/events.md, and a topic besides. */
const another = () => ({
  aws_sqs_queue: { news: { name: 'news' } },
  aws_sqs_queue_policy: {
    news: {
      queue_url: '${aws_sqs_queue.news.url}',
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: '${aws_sqs_queue.news.arn}',
            Condition: { ArnEquals: { 'aws:SourceArn': '${aws_cloudwatch_event_rule.news.arn}' } },
          },
        ],
      }),
    },
  },
  aws_sns_topic: { news: { name: 'news' } },
  aws_sns_topic_policy: {
    news: {
      arn: '${aws_sns_topic.news.arn}',
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: '${aws_sns_topic.news.arn}',
          },
        ],
      }),
    },
  },
  aws_sns_topic_subscription: {
    news: { topic_arn: '${aws_sns_topic.news.arn}', protocol: 'email', endpoint: 'news@example.com' },
  },
  aws_cloudwatch_event_rule: {
    news: { name: 'news', event_pattern: JSON.stringify(patternsIn('events.md')[0]) },
  },
  aws_cloudwatch_event_target: {
    queue: { rule: '${aws_cloudwatch_event_rule.news.name}', arn: '${aws_sqs_queue.news.arn}' },
    topic: { rule: '${aws_cloudwatch_event_rule.news.name}', arn: '${aws_sns_topic.news.arn}' },
  },
});

beforeAll(async () => {
  stack = await Stack.synthesize({
    notifications: { events: true, processed: ['done@example.com'], errors: ['failed@example.com'] },
    presets: [
      {
        name: 'default',
        variants: [{ name: 'thumbnail', width: 200, height: 200 }],
        placeholders: true,
        exif: ['takenAt', 'camera'],
      },
    ],
  });
  await stack.change((terraform: { resource?: Record<string, Record<string, object>> }) => {
    const resources = terraform.resource!;
    for (const [type, blocks] of Object.entries(another())) {
      resources[type] = { ...resources[type], ...blocks };
    }
  });
  workflow = await Workflow.start({ stackFile: stack.file, waitScale: 0.01, log: () => {} });
  await stack.link(workflow.dataDir);
  queueUrl = workflow.stack.queues.find(({ name }) => name === 'news')!.url;
});

afterAll(async () => {
  await workflow?.end();
  await stack?.end();
});

/** Takes the events out of the queue, and checks each by the schema. */
async function received(): Promise<OutcomeEvent[]> {
  await workflow.idle();
  const sqs = new SQSClient(workflow.client());
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
  );
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
  const events = Messages.map(({ Body }) => JSON.parse(Body!));
  for (const event of events) {
    valid(event);
    expect(valid.errors).toBeNull();
  }
  return events;
}

const source = (key: string) => expect.objectContaining({ bucket: workflow.bucket('uploads'), key });
const namePrefix = 'thumbnail-workflow';

test('thumbnails that are ready are an event with what the message says', async () => {
  const summary = await workflow.process('a b.jpg', await picture({ metadata: true }));
  expect(pathOf(summary)).toEqual(['Validate', 'Thumbnail', 'StoreMetadata', 'Notify', 'AnnounceReady']);
  const [event, ...more] = await received();
  expect(more).toEqual([]);
  const { schema: _, ...message } = (await workflow.told('processed')).at(-1) as object as Record<
    string,
    unknown
  >;
  expect(event).toMatchObject({
    source: 'thumbnail-workflow',
    'detail-type': DETAIL_TYPES.ready,
    detail: { version: '1', namePrefix, ...message },
    resources: [workflow.ended.at(-1)!.executionArn, workflow.stack.outputs['state_machine_arn']],
  });
  const topic = (await workflow.mail()).at(-1);
  expect(topic).toMatchObject({ to: 'news@example.com' });
  expect(topic?.text).toContain(JSON.stringify(event));
});

test('an event of another program reaches the rules of that program, and starts nothing here', async () => {
  const before = workflow.ended.length;
  await workflow.process('again.jpg', await picture());
  expect(await received()).toHaveLength(1);
  expect(workflow.ended).toHaveLength(before + 1);
});

test('a failure is an event, and so is an expired one that never ran', async () => {
  const summary = await workflow.process('notes.jpg', 'just text');
  expect(pathOf(summary)).toEqual(['Validate', 'Quarantine', 'NotifyFailure', 'AnnounceFailure', 'Failed']);
  const error = { Error: 'CapacityExhausted', Cause: 'No capacity was free' };
  await workflow.repeat('notes.jpg', undefined, (event) => ({ ...event, error, backlog: { expired: true } }));
  const events = await received();
  expect(events).toHaveLength(2);
  for (const [n, name] of ['UnsupportedFormat', 'CapacityExhausted'].entries()) {
    expect(events[n]).toMatchObject({
      'detail-type': DETAIL_TYPES.failed,
      detail: {
        version: '1',
        namePrefix,
        status: 'FAILED',
        consequence: 'NOT_MADE',
        source: source('notes.jpg'),
        error: { name },
      },
    });
  }
});

test('a failure that Quarantine cannot handle is an event with what is known', async () => {
  workflow.inject({ function: 'quarantine', fault: 'error' });
  await workflow.process('unhandled.jpg', 'just text');
  workflow.inject();
  expect(await received()).toMatchObject([
    {
      'detail-type': DETAIL_TYPES.failed,
      detail: { consequence: 'UNKNOWN', source: source('unhandled.jpg') },
    },
  ]);
});

test('a deletion is an event once its thumbnails are gone', async () => {
  await workflow.process('gone.jpg', await picture());
  await received();
  await workflow.remove('gone.jpg');
  await workflow.idle();
  const { executionArn } = workflow.ended.at(-1)!;
  const [event, ...more] = await received();
  expect(more).toEqual([]);
  expect(event).toMatchObject({
    'detail-type': DETAIL_TYPES.removed,
    detail: {
      version: '1',
      namePrefix,
      status: 'DELETED',
      source: source('gone.jpg'),
      execution: executionArn,
    },
  });
});

describe('if EventBridge accepts no event', () => {
  afterEach(() => workflow.inject());

  test('once, the state machine puts it again', async () => {
    workflow.inject({ call: 'events:PutEvents', fault: 'throttle', times: 1 });
    const { states, status } = await workflow.process('once.jpg', await picture());
    expect(states.at(-1)).toMatchObject({ name: 'AnnounceReady', attempts: 2, outcome: 'succeeded' });
    expect(status).toBe('SUCCEEDED');
    expect(await received()).toHaveLength(1);
  });

  test('the failure is mailed and announced, and a replay puts the event', async () => {
    workflow.inject({ call: 'events:PutEvents', fault: 'error', times: 2 });
    const summary = await workflow.process('unannounced.jpg', await picture());
    expect(pathOf(summary).slice(-4)).toEqual(['Quarantine', 'NotifyFailure', 'AnnounceFailure', 'Failed']);
    expect(await workflow.record('unannounced.jpg')).toMatchObject({ status: 'DONE' });
    expect(await received()).toMatchObject([
      { 'detail-type': DETAIL_TYPES.failed, detail: { consequence: 'NOT_NOTIFIED' } },
    ]);
    const mails = (await workflow.mail()).filter(({ to }) => to === 'failed@example.com');
    expect(mails.at(-1)?.text).toContain('EventBridge accepted no event');

    workflow.inject();
    const { code } = await call('replay', '--local', '--data', workflow.dataDir, '--key', 'unannounced.jpg');
    expect(code).toBe(0);
    expect(await received()).toMatchObject([
      { 'detail-type': DETAIL_TYPES.ready, detail: { source: source('unannounced.jpg') } },
    ]);
  });

  test('not even the one about the failure, the failure queue keeps the message, and a redrive puts it', async () => {
    workflow.inject({ call: 'events:PutEvents', fault: 'error' });
    const summary = await workflow.process('silent.jpg', 'just text');
    expect(pathOf(summary).slice(-3)).toEqual(['AnnounceFailure', 'QueueFailure', 'Failed']);
    expect(await received()).toEqual([]);

    workflow.inject();
    await call('redrive', '--local', '--data', workflow.dataDir, '--queue', 'failures');
    expect(await received()).toMatchObject([
      { 'detail-type': DETAIL_TYPES.failed, detail: { source: source('silent.jpg') } },
    ]);
  });

  test('about a removal, a replay puts it', async () => {
    await workflow.process('erased.jpg', await picture());
    await received();
    workflow.inject({ call: 'events:PutEvents', fault: 'error', times: 2 });
    await workflow.remove('erased.jpg');
    expect(await received()).toMatchObject([{ detail: { consequence: 'NOT_NOTIFIED' } }]);
    workflow.inject();
    await call('replay', '--local', '--data', workflow.dataDir, '--key', 'erased.jpg');
    expect(await received()).toMatchObject([
      { 'detail-type': DETAIL_TYPES.removed, detail: { source: source('erased.jpg') } },
    ]);
  });
});

test('nothing that the state machine and the rule did was denied, and the permission to put events was needed', () => {
  const { denied, unneeded } = workflow.permissions;
  expect(denied).toEqual([]);
  expect(unneeded.filter(({ action }) => action.startsWith('events:'))).toEqual([]);
  expect(unneeded.filter(({ holder }) => /[:/]news$/.test(holder))).toEqual([]);
});
