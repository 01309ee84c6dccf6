/** The workflow's own definition, run in the local engine with scripted answers of its functions. */

import { forEachState, STATE_KEYS } from '../../../stacks/catalogue';
import { definition } from '../../../stacks/state-machine/definition';
import {
  functionArn,
  runToEnd as runDefinition,
  type Script,
  scripted as scriptedTasks,
  servicesOf,
  TOPIC,
  upload,
} from '../../local-aws/states/scripted';

export { type Answer, type Script, servicesOf, TOPIC, upload } from '../../local-aws/states/scripted';

const capitalized = (key: string) => key.charAt(0).toUpperCase() + key.slice(1);

export const workflow = definition(
  {
    ...forEachState((key) => functionArn(capitalized(key))),
    errorTopic: TOPIC,
    backlogQueue: 'https://sqs.us-east-1.amazonaws.com/123456789012/backlog',
    failureQueue: 'https://sqs.us-east-1.amazonaws.com/123456789012/failures',
  },
  forEachState(() => 20),
);

const failure = {
  schema: 1,
  subject: 'canyon.jpg failed',
  error: 'CorruptImage',
  prefix: 'uploads/',
  text: 'uploads/a.jpg is "broken"',
  message: { schema: 1, status: 'FAILED', note: 'it said "no"\\\n' },
};

const USUAL: Script = {
  ...Object.fromEntries(STATE_KEYS.map((key) => [capitalized(key), [{ result: {} }]])),
  Validate: [{ result: { format: 'jpeg' } }],
  Thumbnail: [{ result: { items: [] } }],
  StoreMetadata: [{ result: { status: 'DONE' } }],
  Notify: [{ result: { messageId: '1' } }],
  Quarantine: [{ result: failure }],
  Remove: [{ result: { outcome: 'REMOVED' } }],
};

export const deletion = { ...upload, 'detail-type': 'Object Deleted' };

/** The upload as it comes out of the backlog queue. */
export const resumed = { ...upload, backlog: { since: '2026-11-20T08:00:00Z', attempts: 2 } };

export const expired = {
  ...upload,
  backlog: { ...resumed.backlog, expired: true },
  error: { Error: 'CapacityExhausted', Cause: 'No capacity was free' },
};

/** The name under which Step Functions catches that no concurrency was free. */
export const THROTTLED = 'Lambda.TooManyRequestsException';

/** Each call takes the next answer of its state. States without a script answer as if all went well. */
export const scripted = (script: Script = {}) => scriptedTasks({ ...USUAL, ...script });

/** Runs one execution of a definition to its end. */
export const runToEnd = (
  machine: object,
  services: Partial<ReturnType<typeof servicesOf>> = {},
  input: object = upload,
) => runDefinition(machine, { ...servicesOf(scripted()), ...services }, input);
