/** The API of CloudFront, as far as it makes distributions forget what they have cached: CreateInvalidation, in XML. */

import { createHash, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { AwsError, type DocumentService, type Gate } from '../service';
import type { Cache } from './cache';
import { isInvalidationPath, matcherOf } from './invalidation-paths';

export interface InvalidationsOptions {
  gate: Gate;
  /** What each distribution has cached, by the ARN of the distribution. */
  caches: ReadonlyMap<string, Cache>;
  /** The time, in Unix milliseconds. @default Date.now */
  now?: () => number;
}

/** Paths that may be in progress: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MOST_PATHS = 3_000;
const MOST_WILDCARDS = 15;

const NAMESPACE = 'http://cloudfront.amazonaws.com/doc/2020-05-31/';

interface Batch {
  paths: string[];
  reference: string;
}

/** An invalidation is complete when it is answered, since there is one cache here. */
export function createInvalidations({ gate, caches, now = Date.now }: InvalidationsOptions): DocumentService {
  const arns = new Map([...caches.keys()].map((arn) => [arn.split('/').at(-1)!, arn]));
  /** Answers by distribution and reference: a request that is sent again isn't another invalidation. */
  const earlier = new Map<string, { batch: Batch; answer: object }>();

  function create(id: string, arn: string, body: string): object {
    const batch = batchIn(body);
    const known = earlier.get(`${id} ${batch.reference}`);
    if (known) {
      if (known.batch.paths.join('\n') === batch.paths.join('\n')) return known.answer;
      throw new AwsError(
        'InvalidationBatchAlreadyExists',
        'An invalidation with other paths has this CallerReference.',
      );
    }
    caches.get(arn)!.forget(matcherOf(batch.paths));
    const created = new Date(now()).toISOString();
    const answer = {
      Id: `I${createHash('sha256').update(`${id} ${batch.reference}`).digest('hex').slice(0, 24).toUpperCase()}`,
      Status: 'Completed',
      CreateTime: created,
      InvalidationBatch: {
        Paths: { Quantity: batch.paths.length, Items: { Path: batch.paths } },
        CallerReference: batch.reference,
      },
    };
    earlier.set(`${id} ${batch.reference}`, { batch, answer });
    return answer;
  }

  return {
    async handle(request, response, principal, body) {
      try {
        const [, id] = /^\/2020-05-31\/distribution\/([^/?]+)\/invalidation$/.exec(request.url ?? '') ?? [];
        if (request.method !== 'POST' || !id) {
          throw new AwsError('InvalidAction', 'Expected CreateInvalidation, the only operation here.', 404);
        }
        const arn = arns.get(id);
        // A distribution that isn't there has no ARN that a policy could name.
        await gate({ principal, action: 'cloudfront:CreateInvalidation', resource: arn ?? '*' });
        if (!arn) throw new AwsError('NoSuchDistribution', 'The specified distribution does not exist.', 404);
        send(response, 201, { Invalidation: { '@xmlns': NAMESPACE, ...create(id, arn, body.toString()) } });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const { code: Code, message: Message, status } = error;
        send(response, status, {
          ErrorResponse: {
            '@xmlns': NAMESPACE,
            Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code, Message },
            RequestId: randomUUID(),
          },
        });
      }
    },
  };
}

const parser = new XMLParser({ parseTagValue: false, trimValues: false, isArray: (name) => name === 'Path' });

/** @throws AwsError as CloudFront refuses a batch */
function batchIn(body: string): Batch {
  if (body === '') {
    throw new AwsError('MissingBody', 'This operation requires a body. Ensure that the body is present.');
  }
  let batch: { Paths?: { Quantity?: string; Items?: { Path?: string[] } }; CallerReference?: string };
  try {
    batch = parser.parse(body).InvalidationBatch ?? {};
  } catch {
    throw new AwsError('MalformedXML', 'The XML document is malformed.');
  }
  const { Paths: { Quantity, Items } = {}, CallerReference: reference } = batch;
  const paths = Items?.Path ?? [];
  if (Number(Quantity) !== paths.length) {
    throw new AwsError('InconsistentQuantities', "The value of Quantity and the size of Items don't match.");
  }
  if (!reference || paths.length === 0) {
    throw new AwsError('InvalidArgument', 'Expected at least one path, and a CallerReference.');
  }
  if (!paths.every(isInvalidationPath)) {
    throw new AwsError('InvalidArgument', 'Your request contains one or more invalid invalidation paths.');
  }
  const wildcards = paths.filter((path) => path.endsWith('*')).length;
  if (wildcards > MOST_WILDCARDS || paths.length - wildcards > MOST_PATHS) {
    throw new AwsError(
      'TooManyInvalidationsInProgress',
      'You have exceeded the maximum number of allowable InProgress invalidation batch requests, or invalidation objects.',
    );
  }
  return { paths, reference };
}

const xml = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

function send(response: ServerResponse, status: number, document: object): void {
  const body = Buffer.from(`<?xml version="1.0"?>\n${xml.build(document)}`);
  response.writeHead(status, { 'content-type': 'text/xml', 'content-length': body.length }).end(body);
}
