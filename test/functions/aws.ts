/** A function in front of an AWS that answers as a test says, and late: see late-calls.ts. */
import { S3Client } from '@aws-sdk/client-s3';
import type { FunctionName } from '../../contract/environment';
import sharp from '../fixtures/sharp';
import { load } from './handlers';
import { LateCalls } from './late-calls';
import { presetOf, TABLE, THUMBNAILS, UPLOADS, variantOf } from './support';

// biome-ignore lint/suspicious/noExplicitAny: each command has an input of its own
type Input = Record<string, any>;
/** The answer to each command. */
export type AwsAnswers = Record<string, (input: Input, n: number) => object>;

export const QUEUE = 'https://sqs.us-east-1.amazonaws.com/111122223333/backlog';
export const TOPIC = 'arn:aws:sns:us-east-1:111122223333:processed';
export const STATE_MACHINE = 'arn:aws:states:us-east-1:111122223333:stateMachine:workflow';

/** What all functions together need. */
const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  WORKFLOW_NAME: 'pics',
  TABLE_NAME: TABLE,
  UPLOADS_BUCKET: UPLOADS,
  UPLOADS_SUFFIXES: 'jpg',
  THUMBNAILS_BUCKET: THUMBNAILS,
  QUARANTINE_BUCKET: 'quarantine',
  QUEUE_URL: QUEUE,
  TOPIC_ARN: TOPIC,
  STATE_MACHINE_ARN: STATE_MACHINE,
  TOMBSTONE_DAYS: '14',
  CACHE_CONTROL: 'public',
  BACKGROUND: '#ffffff',
  ACCEPTED_FORMATS: 'jpeg,png',
  PRESETS: JSON.stringify([presetOf(variantOf())]),
  MAX_BYTES: '1000000',
  MAX_PIXELS: '1000000',
  MAX_SIDE: '1000',
};

/** How a function went. */
export interface Invoked {
  answer: unknown;
  /** Its calls, in order. */
  made: string[];
  /** Their inputs. */
  inputs: Input[];
  /** How their clients were made: attempts, and the milliseconds that an answer may take. */
  clients: { maxAttempts: number; requestTimeout: number }[];
  /** Those that were still open when it answered. */
  open: string[];
}

/**
 * Invokes a function, as Lambda does.
 *
 * @param variables besides those of all functions
 * @param timeLeft milliseconds until Lambda would end it
 * @throws what the function throws
 */
export type Invoke = (
  name: FunctionName,
  input: unknown,
  answers: AwsAnswers,
  variables?: Record<string, string>,
  timeLeft?: number,
) => Promise<Invoked>;

/** Takes the place of AWS, for the tests of a file. */
export function fakeAws(): Invoke {
  // Every client of the SDK sends its calls through this method.
  const Client = Object.getPrototypeOf(S3Client.prototype) as { send: (...input: never[]) => unknown };
  const { send } = Client;
  const environment = process.env;
  beforeEach(() => {
    process.env = { ...environment, ...ENVIRONMENT };
  });
  afterEach(() => {
    Client.send = send;
    process.env = environment;
  });
  afterAll(() => {
    sharp.unblock({ operation: ['VipsForeignLoad'] }); // loading Thumbnail's handler blocks them for the process
  });

  return async (name, input, answers, variables, timeLeft = 120_000) => {
    const made: string[] = [];
    const inputs: Input[] = [];
    const clients: Promise<Invoked['clients'][number]>[] = [];
    const late = new LateCalls();
    Client.send = function (this: Made, command: { input: Input }) {
      clients.push(settingsOf(this));
      const call = command.constructor.name.replace(/Command$/, '');
      const n = made.filter((one) => one === call).length;
      made.push(call);
      inputs.push(command.input);
      return late.late(
        call,
        (async () => {
          const answer = answers[call];
          if (!answer) throw new Error(`Expected no ${call}`);
          return answer(command.input, n);
        })(),
      );
    };
    Object.assign(process.env, variables);
    let loaded = {} as ReturnType<(typeof load)[FunctionName]>;
    if (variables) {
      jest.isolateModules(() => {
        loaded = load[name]();
      });
    } else loaded = load[name]();
    const context = { getRemainingTimeInMillis: () => timeLeft, awsRequestId: 'b1c5' };
    const answer = await loaded.handler(input, context);
    return { answer, made, inputs, clients: await Promise.all(clients), open: late.unanswered };
  };
}

/** As much of a client as says how it was made. */
interface Made {
  config: {
    maxAttempts: () => Promise<number>;
    requestHandler: { configProvider: Promise<{ requestTimeout: number }> };
  };
}

async function settingsOf({
  config: { maxAttempts, requestHandler },
}: Made): Promise<Invoked['clients'][number]> {
  const { requestTimeout } = await requestHandler.configProvider;
  return { maxAttempts: await maxAttempts(), requestTimeout };
}
