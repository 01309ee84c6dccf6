import { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { json } from '../../contract/messages/parts';
import { route } from '../lib/http/api';
import { HttpProblem, problem } from '../lib/http/problem';
import { configureSharp } from '../lib/image/decode';
import { acceptanceFrom, memoryMb, recipesFrom } from '../lib/image/settings';
import { Records } from '../lib/records/records';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { Tally } from '../lib/runtime/metrics';
import type { Context } from '../lib/runtime/task';
import { makePorts } from '../lib/storage/make-ports';
import { thumbnailBucketFrom } from '../lib/storage/thumbnail-bucket';
import { currentVersion, readHead } from '../lib/storage/uploads';
import { answerWith } from './answer';
import { executionOf } from './failure';
import { wantedBy } from './path';
import { type RenderPorts, type RenderSettings, render, undeclared } from './render';

/** A request as a function URL passes it on (docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html). */
export interface UrlEvent {
  rawPath: string;
  /** Names are lower case. */
  headers: Record<string, string | undefined>;
  requestContext: { http: { method: string } };
}

declare module '../../contract/environment' {
  interface Environments {
    render: TableEnvironment &
      MakingEnvironment &
      UploadsEnvironment & { UPLOADS_SUFFIXES: string; QUEUE_URL: string };
  }
}

const environment = environmentOf<'render'>();
/** No state machine retries a request, so the clients do. */
const config = { ...clientConfig(), maxAttempts: 3 };
const s3 = new S3Client({ ...config, responseChecksumValidation: 'WHEN_REQUIRED' });
const sqs = new SQSClient(config);
const QueueUrl = environment.text('QUEUE_URL');
const records = new Records(environment.text('TABLE_NAME'), config);
const thumbnails = thumbnailBucketFrom(environment, s3);
const cacheControl = environment.text('CACHE_CONTROL');
const settings: RenderSettings = {
  ...acceptanceFrom(environment),
  ...recipesFrom(environment),
  memoryMb: memoryMb(),
  uploads: {
    bucket: environment.text('UPLOADS_BUCKET'),
    prefix: environment.optional('UPLOADS_PREFIX'),
    suffixes: environment.list('UPLOADS_SUFFIXES'),
  },
};
configureSharp(settings.accepted);

const serve = route<UrlEvent, [string, () => number]>(async (event, execution, timeLeft) => {
  const { rawPath, headers, requestContext } = event;
  const { method } = requestContext.http;
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpProblem(405, `Expected GET or HEAD but received ${method}.`, {
      headers: { allow: 'GET, HEAD' },
    });
  }
  const wanted = wantedBy(rawPath, settings);
  if (!wanted) throw undeclared(rawPath);
  const tally = new Tally();
  try {
    const stored = await render(wanted, settings, ports(tally, timeLeft), { execution, now: new Date() });
    return await answerWith(stored, { method, ifNoneMatch: headers['if-none-match'] });
  } finally {
    tally.emit();
  }
});

/** Answers whatever goes wrong: the CDN would pass a crash on as plain text. The log says what it was. */
export async function handler(event: UrlEvent, context: Context & { awsRequestId: string }) {
  try {
    const timeLeft = () => context.getRemainingTimeInMillis();
    return await serve(event, executionOf(context.awsRequestId), timeLeft);
  } catch (error) {
    console.error(error);
    return problem(500, 'The thumbnail could not be made. The log of the function says why.');
  }
}

function ports(tally: Tally, timeLeft: () => number): RenderPorts {
  return {
    ...makePorts({
      s3,
      thumbnails,
      limits: settings.limits,
      cacheControl,
      tally,
      timeLeft,
      counts: { Rendered: 1 },
    }),
    stored: (key) => thumbnails.open(key),
    record: (object) => records.find(object),
    apply: (update) => records.apply(update),
    current: (object) => currentVersion(s3, object),
    readHead: (source, length) => readHead(s3, source, length, settings.limits),
    removeUpTo: (sequencer, key) => thumbnails.removeUpTo(sequencer, key),
    report: async (failure) => {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: json(failure) }));
    },
  };
}
