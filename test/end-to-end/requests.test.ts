import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { prices } from '../../cli/estimate/prices.json';
import { USER_CREDENTIALS } from '../../local-aws/principals';
import type { Call } from '../../local-aws/service';
import { document } from '../docs/documents';
import { picture } from '../fixtures/images';
import { inOrder } from './in-order';
import { Workflow } from './workflow';

/** Requests grouped by their price in us-east-1, in the order of the columns in docs/performance.md. */
const PRICES = {
  'S3 reads': prices['s3.read'].usd['us-east-1'],
  'S3 writes': prices['s3.write'].usd['us-east-1'],
  'S3 deletes': 0,
  'DynamoDB writes': prices['dynamodb.write'].usd['us-east-1'],
  'SNS publishes': prices['sns.publish'].usd,
  'SQS requests': prices['sqs.request'].usd,
};

type Kind = keyof typeof PRICES;

const KINDS = Object.keys(PRICES) as Kind[];

const S3_METHODS: Record<string, Kind> = {
  GET: 'S3 reads',
  HEAD: 'S3 reads',
  PUT: 'S3 writes',
  POST: 'S3 writes',
  DELETE: 'S3 deletes',
};

const ACTIONS: Record<string, Kind> = {
  'dynamodb:UpdateItem': 'DynamoDB writes',
  'sns:Publish': 'SNS publishes',
  'sqs:SendMessage': 'SQS requests',
};

/**
 * Not counted as requests: invocations and executions, which are billed on their own; polling of the backlog, which goes on
 * without images; and SNS's request for a key, which it then uses for five minutes.
 */
const ASIDE = /^(s3|lambda|states|kms):|^sqs:(GetQueueAttributes|ReceiveMessage|DeleteMessage)$/;

let workflow: Workflow;
let seen: string[] = [];

/** One S3 request may need several permissions, so these requests are counted at the endpoint. */
function countS3(message: unknown): void {
  const { method, headers } = (message as { request: IncomingMessage }).request;
  const [, key, service] =
    /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  if (service !== 's3' || key === USER_CREDENTIALS.accessKeyId) return;
  seen.push(S3_METHODS[method as string] ?? `${method}`);
}

/** For every other service, a request needs exactly one permission. Calls of the state machine don't use the network. */
async function countOthers({ action, principal }: Call): Promise<void> {
  if (ASIDE.test(action) || principal.accessKeyId === USER_CREDENTIALS.accessKeyId) return;
  seen.push(ACTIONS[action] ?? action);
}

beforeAll(async () => {
  const variant = (side: number) => ({ name: String(side), width: side, height: side });
  workflow = await Workflow.start({
    gate: countOthers,
    settings: {
      presets: [
        { name: 'one', variants: [variant(20)] },
        { name: 'four', prefix: 'four/', variants: [variant(40), variant(30), variant(20), variant(10)] },
      ],
    },
  });
  subscribe('http.server.request.start', countS3);
});

afterAll(async () => {
  unsubscribe('http.server.request.start', countS3);
  await workflow?.end();
});

/** A row of the table in docs/performance.md: counts by kind, and dollars per million. */
function documented(what: string): string[] {
  const line = document('performance.md')
    .split('\n')
    .find((each) => each.startsWith(`| ${what} |`));
  return (
    line
      ?.split('|')
      .slice(2, -1)
      .map((cell) => cell.trim()) ?? []
  );
}

/** Counts the requests that `happen` causes, as a row of the table. */
async function requestsOf(happen: () => Promise<unknown>): Promise<string[]> {
  seen = [];
  await happen();
  await workflow.idle();
  expect(KINDS).toEqual(expect.arrayContaining(seen));
  const counts = KINDS.map((kind) => seen.filter((each) => each === kind).length);
  const dollars = KINDS.reduce((sum, kind, n) => sum + counts[n]! * PRICES[kind] * 1e6, 0);
  return [...counts.map(String), `$${dollars.toFixed(2)}`];
}

const events: [what: string, happen: () => Promise<unknown>][] = [
  ['a new image, one variant', async () => workflow.upload('new.jpg', await picture())],
  ['a new image, four variants', async () => workflow.upload('four/new.jpg', await picture())],
  ['the event of four variants once more', () => workflow.repeat('four/new.jpg')],
  [
    'another version of it, four variants',
    async () => workflow.upload('four/new.jpg', await picture({ width: 90, height: 60 })),
  ],
  ['its deletion', () => workflow.remove('four/new.jpg')],
  ['a file that is not an image', () => workflow.upload('notes.jpg', 'just some notes\n')],
];

const step = inOrder();
for (const [what, happen] of events) {
  step(`${what} takes the requests that docs/performance.md states`, async () => {
    expect(await requestsOf(happen)).toEqual(documented(what));
  });
}
