/** The definition with an event about each outcome: its shape, and its ways, run by the interpreter of `npm start`. */
import { getLanguageService, TextDocument } from 'amazon-states-language-service';
import validate from 'asl-validator';
import { EVENT_SOURCE } from '../../../contract/messages/outcome-event';
import { compilePattern } from '../../../local-aws/events/pattern';
import { checkStateMachine } from '../../../local-aws/states/check';
import { forEachState } from '../../../stacks/catalogue';
import { createdPattern, deletedPattern } from '../../../stacks/events/patterns';
import { parseSettings } from '../../../stacks/load-settings';
import { newsOf } from '../../../stacks/state-machine/announcements';
import { definition, EXECUTION_LIMIT } from '../../../stacks/state-machine/definition';
import { worstCaseSeconds } from '../../../stacks/state-machine/duration';
import { timeoutsOf } from '../../../stacks/state-machine/timeouts';
import { functionArn, machineOf, TOPIC } from '../../local-aws/states/scripted';
import { deletion, runToEnd, type Script, scripted, servicesOf, upload } from './scripted-workflow';

const queue = (name: string) => `https://sqs.us-east-1.amazonaws.com/123456789012/${name}`;
const arns = {
  ...forEachState((key) => functionArn(key.charAt(0).toUpperCase() + key.slice(1))),
  errorTopic: TOPIC,
  backlogQueue: queue('backlog'),
  failureQueue: queue('failures'),
};
const settings = parseSettings({ namePrefix: 'pics', notifications: { events: true } }, 'settings.json');
const workflow = definition(arns, timeoutsOf(settings), undefined, newsOf(settings));

const ready = { version: '1', namePrefix: 'pics', status: 'DONE' };
const removed = { version: '1', namePrefix: 'pics', status: 'DELETED' };
const failed = { version: '1', namePrefix: 'pics', status: 'FAILED' };

const USUAL: Script = {
  Notify: [{ result: { messageId: '1', event: ready } }],
  Remove: [{ result: { outcome: 'REMOVED', event: removed } }],
  Quarantine: [
    {
      result: {
        schema: 1,
        subject: 'a.jpg failed',
        error: 'CorruptImage',
        prefix: 'uploads/',
        text: 'it failed',
        message: { status: 'FAILED' },
        event: failed,
      },
    },
  ],
};

const down = { error: 'EventBridge.InternalException' };

/** Runs one execution: its states without those that only choose, how it ended, and what it put on the bus and into queues. */
async function run(answers: Script = {}, input: object = upload) {
  const script = scripted({ ...USUAL, ...answers });
  const { execution, history, output } = await runToEnd(workflow, servicesOf(script), input);
  const sent = (service: string) =>
    script.calls.filter(({ state }) => state === service).map(({ payload }) => payload);
  return {
    path: history
      .filter(({ type }) => type.endsWith('StateEntered') && !type.startsWith('Choice'))
      .map(({ details }) => details['name'])
      .join(' '),
    status: execution.status,
    output,
    events: (sent('events') as { Entries: Record<string, unknown>[] }[]).map(({ Entries }) => Entries),
    queued: (sent('sqs') as Record<string, string>[]).map(({ QueueUrl, MessageBody }) => ({
      queue: QueueUrl!.split('/').at(-1),
      body: JSON.parse(MessageBody!),
    })),
    quarantined: script.calls.find(({ state }) => state === 'Quarantine')?.payload,
  };
}

const entry = (DetailType: string, detail: object) => [
  {
    EventBusName: 'default',
    Source: 'thumbnail-workflow',
    DetailType,
    Detail: JSON.stringify(detail),
    Resources: expect.arrayContaining([expect.stringContaining(':stateMachine:')]),
  },
];

describe('the definition', () => {
  test('is valid to both validators and to the engine', async () => {
    expect(validate(JSON.parse(JSON.stringify(workflow)))).toMatchObject({ isValid: true });
    const service = getLanguageService({});
    const document = TextDocument.create('file:///workflow.asl.json', 'asl', 1, JSON.stringify(workflow));
    expect(await service.doValidation(document, service.parseJSONDocument(document))).toEqual([]);
    expect(() => checkStateMachine(machineOf(workflow))).not.toThrow();
  });

  test('fits into one execution with the default timeouts', () => {
    expect(worstCaseSeconds(workflow)).toBe(288);
    expect(288).toBeLessThan(EXECUTION_LIMIT);
  });

  test.each(['AnnounceReady', 'AnnounceRemoval', 'AnnounceFailure'] as const)(
    '%s is retried, and whatever is left is caught',
    (name) => {
      const { Retry, Catch } = workflow.States[name] as { Retry: object[]; Catch: object[] };
      expect(Retry).toEqual([
        expect.objectContaining({ ErrorEquals: ['States.TaskFailed', 'States.Timeout'], MaxAttempts: 1 }),
      ]);
      expect(Catch).toEqual([expect.objectContaining({ ErrorEquals: ['States.ALL'] })]);
    },
  );

  test('puts no event that could start the workflow again', () => {
    const keys = { prefix: '', suffixes: ['jpg'] };
    for (const pattern of [createdPattern, deletedPattern]) {
      const matches = compilePattern({ ...pattern('uploads', keys), 'detail-type': [{ exists: true }] });
      const event = {
        source: 'aws.s3',
        'detail-type': 'Thumbnails Ready',
        detail: { bucket: { name: 'uploads' }, object: { key: 'a.jpg' } },
      };
      expect(matches(event)).toBe(true);
      expect(matches({ ...event, source: EVENT_SOURCE })).toBe(false);
    }
  });
});

test('thumbnails that are ready are announced', async () => {
  expect(await run()).toMatchObject({
    path: 'Validate Thumbnail StoreMetadata Notify AnnounceReady',
    status: 'SUCCEEDED',
    events: [entry('Thumbnails Ready', ready)],
    output: { notification: { messageId: '1' } },
  });
});

test('thumbnails that are removed are announced', async () => {
  expect(await run({}, deletion)).toMatchObject({
    path: 'Remove AnnounceRemoval',
    status: 'SUCCEEDED',
    events: [entry('Thumbnails Removed', removed)],
    output: { removal: { outcome: 'REMOVED' } },
  });
});

test('a deletion that removes nothing is not announced', async () => {
  expect(await run({ Remove: [{ result: { outcome: 'KEPT' } }] }, deletion)).toMatchObject({
    path: 'Remove NothingRemoved',
    status: 'SUCCEEDED',
    events: [],
    output: { removal: { outcome: 'KEPT' } },
  });
});

test('a failure is announced after people are notified', async () => {
  expect(await run({ Thumbnail: [{ error: 'CorruptImage' }] })).toMatchObject({
    path: 'Validate Thumbnail Quarantine NotifyFailure AnnounceFailure Failed',
    status: 'FAILED',
    events: [entry('Image Failed', failed)],
    queued: [],
  });
});

test('a failure that Quarantine cannot handle is announced with what is known', async () => {
  const { path, events } = await run({
    Thumbnail: [{ error: 'CorruptImage' }],
    Quarantine: [{ error: 'AccessDenied' }],
  });
  expect(path).toBe('Validate Thumbnail Quarantine DescribeFailure NotifyFailure AnnounceFailure Failed');
  const [[announced]] = events as [[{ DetailType: string; Detail: string }]];
  expect(announced.DetailType).toBe('Image Failed');
  expect(JSON.parse(announced.Detail)).toMatchObject({
    version: '1',
    namePrefix: 'pics',
    status: 'FAILED',
    consequence: 'UNKNOWN',
    source: { key: upload.detail.object.key },
    error: { name: 'CorruptImage' },
  });
});

test('an event that EventBridge takes at the second attempt is announced once', async () => {
  const { path, status, events } = await run({ events: [down, { result: { FailedEntryCount: 0 } }] });
  expect({ path, status }).toEqual({
    path: 'Validate Thumbnail StoreMetadata Notify AnnounceReady',
    status: 'SUCCEEDED',
  });
  expect(events).toHaveLength(2);
});

describe('if EventBridge accepts no event', () => {
  test.each([
    ['and fails', down, 'EventBridge.InternalException'],
    ['in the answer', { result: { FailedEntryCount: 1, Entries: [] } }, 'EventBridge.FailedEntry'],
  ])('thumbnails that are ready are a failure, which is kept %s', async (_, answer, name) => {
    const { path, quarantined, queued } = await run({ events: [answer] });
    expect(path).toBe(
      'Validate Thumbnail StoreMetadata Notify AnnounceReady Quarantine NotifyFailure AnnounceFailure QueueFailure Failed',
    );
    expect(quarantined).toMatchObject({
      state: { error: { Error: name }, record: { status: 'DONE' }, notification: { messageId: '1' } },
    });
    expect(queued).toEqual([{ queue: 'failures', body: { failure: { status: 'FAILED' }, event: upload } }]);
  });

  test('a removal is a failure too', async () => {
    const { path, quarantined } = await run({ events: [down] }, deletion);
    expect(path).toBe('Remove AnnounceRemoval Quarantine NotifyFailure AnnounceFailure QueueFailure Failed');
    expect(quarantined).toMatchObject({ state: { removal: { outcome: 'REMOVED' } } });
  });
});

test('an answer of Quarantine without an event is damaged, and what is known is published', async () => {
  const { event, ...rest } = (USUAL['Quarantine']![0] as { result: Record<string, unknown> }).result;
  const { path } = await run({ Validate: [{ error: 'CorruptImage' }], Quarantine: [{ result: rest }] });
  expect(path).toBe('Validate Quarantine RejectAnswer DescribeFailure NotifyFailure AnnounceFailure Failed');
});

test('the states of events are exactly these', () => {
  const announce = (detailType: string, detail: string) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::events:putEvents',
    Parameters: {
      Entries: [
        {
          EventBusName: 'default',
          Source: 'thumbnail-workflow',
          DetailType: detailType,
          'Detail.$': detail,
        },
      ],
    },
    ResultPath: '$.announcement',
    TimeoutSeconds: 2,
  });
  const { AnnounceReady, AnnounceRemoval, AnnounceFailure, CheckRemoval, NothingRemoved } =
    workflow.States as Record<string, object>;
  expect(AnnounceReady).toMatchObject({
    ...announce('Thumbnails Ready', '$.notification.event'),
    Comment: 'Puts an event on the bus: the thumbnails are ready.',
    End: true,
  });
  expect(AnnounceRemoval).toMatchObject({
    ...announce('Thumbnails Removed', '$.removal.event'),
    Comment: 'Puts an event on the bus: the thumbnails are gone.',
    End: true,
  });
  expect(AnnounceFailure).toMatchObject({
    ...announce('Image Failed', '$.failure.event'),
    Comment: 'Puts an event on the bus: the image failed. If it cannot, the failure queue keeps the message.',
    Next: 'Failed',
  });
  expect(CheckRemoval).toMatchObject({
    Type: 'Choice',
    Comment: 'Is the image gone, or is another version the current one?',
    Default: 'NothingRemoved',
  });
  expect(NothingRemoved).toEqual({
    Type: 'Succeed',
    Comment: 'The deletion was not of the current version, or restored another one.',
  });
});
