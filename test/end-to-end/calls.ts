/** The calls that are made while an image is processed, and each way in which they can fail. */
import { escapeKey } from '../../contract/escape-key';
import type { FaultInput } from '../../local-aws/faults';
import { picture } from '../fixtures/images';
import { uploadWithFaults } from './upload-with-faults';
import { Workflow } from './workflow';

/** So short that half an hour for which a message in the backlog is hidden still lasts longer than an execution. */
export const WAIT_SCALE = 0.004;

export const STATES = ['Validate', 'Thumbnail', 'StoreMetadata', 'Notify'];

export const startWorkflow = () =>
  Workflow.start({
    settings: {
      notifications: { processed: ['done@example.com'], errors: ['failed@example.com'] },
      // One test waits for the end of a call that never answers.
      functions: { storeMetadata: { timeoutSeconds: 4 } },
    },
    waitScale: WAIT_SCALE,
    log: () => {},
  });

interface Call {
  state: string;
  by: string;
  call: string;
}

/** Every call that a state makes while an image is processed. */
const CALLS: Call[] = [
  { state: 'Validate', by: 'validate', call: 's3:GetObject' },
  { state: 'Validate', by: 'validate', call: 'dynamodb:UpdateItem' },
  { state: 'Thumbnail', by: 'thumbnail', call: 's3:GetObjectVersion' },
  { state: 'Thumbnail', by: 'thumbnail', call: 's3:PutObject' },
  { state: 'StoreMetadata', by: 'store-metadata', call: 'dynamodb:UpdateItem' },
  { state: 'Notify', by: 'notify', call: 'sns:Publish' },
  { state: 'Notify', by: 'notify', call: 'dynamodb:UpdateItem' },
];
/** The calls that change something. */
const WRITES = CALLS.filter(({ call }) => !call.startsWith('s3:Get'));

interface Case {
  title: string;
  run(workflow: Workflow): Promise<void>;
}

const upload = async (workflow: Workflow, key: string, fault: FaultInput) =>
  uploadWithFaults(workflow, key, await picture(), fault);

const passes =
  (fault: 'error' | 'throttle', name: string) =>
  ({ state, by, call }: Call): Case => ({
    title: `${call} by ${state}: ${fault} twice is retried and has no effect on the result`,
    async run(workflow) {
      const key = `${state}/${call}/${fault}.jpg`;
      const { paths, record, ...run } = await upload(workflow, key, { call, by, fault, times: 2 });
      expect(paths).toEqual([STATES]);
      expect(run.state(state)).toMatchObject({ attempts: 3, outcome: 'succeeded' });
      expect(run.state(state)?.failures.map((failure) => failure.name)).toEqual([name, name]);
      expect(record['status']).toBe('DONE');
    },
  });

const isThrottled = ({ state, by, call }: Call): Case => ({
  title: `${call} by ${state}: throttled until its retries are used up: the event waits in the backlog, and nobody is notified of a failure`,
  async run(workflow) {
    const throttle = { call, by, fault: 'throttle', times: 3 } as const;
    const { paths, record, processed, errors } = await upload(
      workflow,
      `${state}/${call}/waits.jpg`,
      throttle,
    );
    expect(paths).toEqual([[...STATES.slice(0, STATES.indexOf(state) + 1), 'SendToBacklog'], STATES]);
    expect(record['status']).toBe('DONE');
    // A message that couldn't be noted in the record is sent again unchanged.
    expect(new Set(processed.map(({ dedupeId }) => dedupeId)).size).toBe(1);
    expect(errors).toEqual([]);
  },
});

const isDenied = ({ state, by, call }: Call): Case => ({
  title: `${call} by ${state}: a denial isn't transient: the execution fails at once and names it`,
  async run(workflow) {
    const deny = { call, by, fault: 'deny', times: 1 } as const;
    const { paths, errors, ...run } = await upload(workflow, `${state}/${call}/deny.jpg`, deny);
    expect(paths.at(-1)?.slice(-3)).toEqual(['Quarantine', 'NotifyFailure', 'Failed']);
    expect(run.state(state)?.attempts).toBe(1);
    expect(errors).toMatchObject([{ error: { name: expect.stringMatching(/^(AccessDenied|Authoriz)/) } }]);
  },
});

const losesAnswer =
  (fault: 'crash' | 'error') =>
  ({ state, by, call }: Call): Case => ({
    title: `${call} by ${state} took effect, but its answer was lost (${fault}): the second attempt ends as the first would have`,
    async run(workflow) {
      const key = `${state}/${call}/after-${fault}.jpg`;
      const lost = { call, by, fault, when: 'after', times: 1 } as const;
      const { paths, record, processed, errors, ...run } = await upload(workflow, key, lost);
      expect(paths).toEqual([STATES]);
      expect(run.state(state)).toMatchObject({ attempts: 2, outcome: 'succeeded' });
      expect(record).toMatchObject({
        status: 'DONE',
        thumbnails: [{ key: `${escapeKey(key)}/thumbnail.jpg` }],
      });
      expect(errors).toEqual([]);
      // A subscriber that gets it twice can see that it is the same message.
      expect(new Set(processed.map(({ dedupeId }) => dedupeId)).size).toBe(1);
      expect(processed).toHaveLength(state === 'Notify' ? 2 : 1);
    },
  });

const everyWay = [passes('error', 'TransientError'), passes('throttle', 'Throttled'), isThrottled, isDenied];
const whenWritten = [losesAnswer('crash'), losesAnswer('error')];

/** Each call fails in one way, in turn. Of writes, an answer is lost too. */
const isChosen = (call: number, way: number, ways: unknown[]) => call % ways.length === way;

const casesOf = (calls: Call[], ways: ((call: Call) => Case)[]) =>
  calls.flatMap((call, n) => ways.map((way, m) => ({ ...way(call), chosen: isChosen(n, m, ways) })));
const cases = [...casesOf(CALLS, everyWay), ...casesOf(WRITES, whenWritten)];

/** Each call in one of the ways. */
export const SOME: Case[] = cases.filter(({ chosen }) => chosen);
export const OTHERS: Case[] = cases.filter(({ chosen }) => !chosen);
