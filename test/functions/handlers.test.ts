import type { Environment, FunctionName } from '../../contract/environment';
import sharp from '../fixtures/sharp';
import { load } from './handlers';
import { presetOf, TABLE, THUMBNAILS, UPLOADS, variantOf } from './support';

const LIMITS = { MAX_BYTES: '50000000', MAX_PIXELS: '50000000', MAX_SIDE: '16384' };
const PRESETS = JSON.stringify([presetOf(variantOf())]);
const BACKGROUND = '#ffffff';
const ACCEPTED_FORMATS = 'jpeg,png,webp,gif';

/** What each function needs in addition to what Lambda itself sets. */
const environments: { [Name in FunctionName]: Partial<Environment<Name>> } = {
  validate: { TABLE_NAME: TABLE, BACKGROUND, ACCEPTED_FORMATS, PRESETS, ...LIMITS },
  thumbnail: {
    THUMBNAILS_BUCKET: THUMBNAILS,
    CACHE_CONTROL: 'public, max-age=1209600',
    BACKGROUND,
    ACCEPTED_FORMATS,
    PRESETS,
    ...LIMITS,
  },
  'store-metadata': { TABLE_NAME: TABLE, THUMBNAILS_BUCKET: THUMBNAILS },
  notify: { TABLE_NAME: TABLE, TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:processed' },
  remove: {
    TABLE_NAME: TABLE,
    THUMBNAILS_BUCKET: THUMBNAILS,
    TOMBSTONE_DAYS: '14',
    QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/backlog',
  },
  resume: {
    STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:workflow',
    QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/backlog',
  },
  watch: { TABLE_NAME: TABLE },
  backfill: {
    TABLE_NAME: TABLE,
    BACKGROUND,
    PRESETS,
    UPLOADS_BUCKET: UPLOADS,
    UPLOADS_SUFFIXES: 'jpg,jpeg,png',
    STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:111122223333:stateMachine:workflow',
  },
  render: {
    TABLE_NAME: TABLE,
    THUMBNAILS_BUCKET: THUMBNAILS,
    CACHE_CONTROL: 'public, max-age=1209600',
    UPLOADS_BUCKET: UPLOADS,
    UPLOADS_SUFFIXES: 'jpg,jpeg,png',
    QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/backlog',
    BACKGROUND,
    ACCEPTED_FORMATS,
    PRESETS,
    ...LIMITS,
  },
  'create-upload': {
    TABLE_NAME: TABLE,
    UPLOADS_BUCKET: UPLOADS,
    ACCEPTED_FORMATS,
    UPLOAD_SECONDS: '300',
    ...LIMITS,
  },
  'get-image': { TABLE_NAME: TABLE, UPLOADS_BUCKET: UPLOADS, DELIVERY_URL: 'https://cdn.example.com' },
  quarantine: { TABLE_NAME: TABLE, QUARANTINE_BUCKET: 'quarantine', THUMBNAILS_BUCKET: 'thumbnails' },
};

/** The SDK warns about Node 20 each time it is loaded. */
const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});
afterAll(() => {
  sharp.unblock({ operation: ['VipsForeignLoad'] }); // loading thumbnail's handler blocks them for the process
});

/** Loads a handler as Lambda does: once, with its environment in place. */
function start(name: FunctionName, environment: Record<string, string>): { handler: unknown } {
  process.env = { ...before, AWS_REGION: 'us-east-1', ...quiet, ...environment };
  let loaded: { handler: unknown } | undefined;
  jest.isolateModules(() => {
    loaded = load[name]();
  });
  return loaded as { handler: unknown };
}

describe.each(Object.entries(environments) as [FunctionName, Record<string, string>][])(
  '%s',
  (name, environment) => {
    test('starts with its environment', () => {
      expect(start(name, environment).handler).toBeInstanceOf(Function);
    });

    test.each(Object.keys(environment))('does not start without %s, and says so', (variable) => {
      const { [variable]: _, ...rest } = environment;
      expect(() => start(name, rest)).toThrow(
        `Expected environment variable ${variable} to be set; it is missing or empty`,
      );
    });
  },
);
