/** The functions on the way of an image, and each way in which they can fail. */
import type { FaultInput } from '../../local-aws/faults';
import { picture } from '../fixtures/images';
import { uploadWithFaults } from './upload-with-faults';
import { Workflow } from './workflow';

/** The states that process an image, with the function of each. */
const WAY = {
  Validate: 'validate',
  Thumbnail: 'thumbnail',
  StoreMetadata: 'store-metadata',
  Notify: 'notify',
} as const;
type State = keyof typeof WAY;

export const STATES = Object.keys(WAY) as State[];
const upTo = (state: State) => STATES.slice(0, STATES.indexOf(state) + 1);
export const TO_FAILURE = ['Quarantine', 'NotifyFailure', 'Failed'];

/** Faults that last until the retries are used up, and the error that the execution shows. */
export const LASTING = [
  { fault: 'error', attempts: 3, error: 'Lambda.ServiceException' },
  { fault: 'crash', attempts: 2, error: 'Runtime.ExitError' },
] as const;
export const HANG = { fault: 'hang', attempts: 2, error: 'Sandbox.Timedout' } as const;
export const THROTTLED = 'Lambda.TooManyRequestsException';

export const startWorkflow = () =>
  Workflow.start({
    settings: {
      notifications: { processed: ['done@example.com'], errors: ['failed@example.com'] },
    },
    // A minute in the backlog takes half a second, and half an hour of invisibility still lasts longer than an execution.
    // An injected hang lasts a hundredth of the timeout.
    waitScale: 0.01,
    log: () => {},
  });

export const done = [{ to: 'done@example.com', subject: expect.stringMatching(/: 1 thumbnail ready$/) }];
export const failed = [
  {
    to: 'failed@example.com',
    subject: expect.stringMatching(
      /( failed| was not made again| not announced|, its thumbnails are not): |and handling that too$/,
    ),
  },
];

interface Case {
  title: string;
  state: State;
  /** Cases of one kind differ in their states. */
  kind: string;
  run(workflow: Workflow): Promise<void>;
}

const upload = async (workflow: Workflow, key: string, fault: FaultInput) =>
  uploadWithFaults(workflow, key, await picture(), fault);

const lasts = (state: State, { fault, attempts, error }: typeof HANG | (typeof LASTING)[number]): Case => ({
  title: `${state}: ${fault} until its retries are used up: the failure is named, recorded and reported`,
  state,
  kind: fault,
  async run(workflow) {
    const key = `${state}/${fault}.jpg`;
    const given = { function: WAY[state], fault, times: attempts };
    const { paths, record, mail, ...run } = await upload(workflow, key, given);

    expect(paths).toEqual([[...upTo(state), ...TO_FAILURE]]);
    expect(run.state(state)).toMatchObject({ attempts, outcome: 'caught', error: { name: error } });
    expect(mail).toMatchObject(failed);
    expect(mail[0]?.text).toContain(error);
    // Once the record is DONE, only the message can be missing.
    const status = state === 'Notify' ? 'DONE' : 'FAILED';
    expect(record).toMatchObject(status === 'DONE' ? { status } : { status, error: { name: error } });
    expect((await workflow.keys('quarantine')).includes(key)).toBe(status === 'FAILED');
  },
});

const isThrottled = (state: State): Case => ({
  title: `${state}: throttled until its retries are used up: the event waits in the backlog, and nobody is notified of a failure`,
  state,
  kind: 'throttle',
  async run(workflow) {
    const throttle = { function: WAY[state], fault: 'throttle', times: 4 } as const;
    const { paths, record, mail, ...run } = await upload(workflow, `${state}/throttle.jpg`, throttle);

    expect(paths).toEqual([[...upTo(state), 'SendToBacklog'], STATES]);
    expect(run.state(state)).toMatchObject({ attempts: 4, outcome: 'caught', error: { name: THROTTLED } });
    expect(record['status']).toBe('DONE');
    expect(mail).toMatchObject(done);
  },
});

const isMalformed = (state: State): Case => ({
  title: `${state}: malformed: the next state that needs its answer fails by name`,
  state,
  kind: 'malformed',
  async run(workflow) {
    const malformed = { function: WAY[state], fault: 'malformed', times: 1 } as const;
    const { paths, mail } = await upload(workflow, `${state}/malformed.jpg`, malformed);

    const next = STATES[STATES.indexOf(state) + 1];
    expect(paths).toEqual([next ? [...upTo(next), ...TO_FAILURE] : STATES]);
    expect(mail).toMatchObject(next ? failed : done);
  },
});

const passes = (
  state: State,
  fault: 'throttle' | 'error' | 'crash' | 'hang',
  times: number,
  error: string,
): Case => ({
  title: `${fault} in ${state} that passes within its retries shows only in the number of attempts`,
  state,
  kind: `passing ${fault}`,
  async run(workflow) {
    const fn = WAY[state];
    const { paths, record, mail, ...run } = await upload(workflow, `passing/${fault}-${fn}.jpg`, {
      function: fn,
      fault,
      times,
    });

    expect(paths).toEqual([STATES]);
    expect(run.state(state)).toMatchObject({ attempts: times + 1, outcome: 'succeeded' });
    expect(run.state(state)?.failures.map(({ name }) => name)).toEqual(Array(times).fill(error));
    expect(record['status']).toBe('DONE');
    expect(mail).toMatchObject(done);
  },
});

const CASES: Case[] = [
  ...STATES.map((state) => lasts(state, LASTING[0])),
  ...STATES.map((state) => lasts(state, LASTING[1])),
  lasts('Validate', HANG),
  ...STATES.map(isThrottled),
  ...STATES.map(isMalformed),
  passes('Thumbnail', 'throttle', 3, THROTTLED),
  passes('Thumbnail', 'error', 2, 'Lambda.ServiceException'),
  passes('Thumbnail', 'crash', 1, 'Runtime.ExitError'),
  ...STATES.map((state) => passes(state, 'hang', 1, HANG.error)),
];

const kinds = [...new Set(CASES.map(({ kind }) => kind))];
const perKind = kinds.map((kind) => CASES.filter((each) => each.kind === kind));

/** One case of each kind, each of another state than the one before. */
export const SOME = perKind.map((cases, n) => cases[n % cases.length] as Case);
export const OTHERS = CASES.filter((each) => !SOME.includes(each));
