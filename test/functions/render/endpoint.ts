/** The render function in front of the engine's S3 and DynamoDB, and the workflow for the same buckets. */

import type { ObjectEvent } from '../../../contract/event';
import type { HttpAnswer } from '../../../functions/lib/http/problem';
import type { Preset } from '../../../functions/lib/image/presets';
import type { UrlEvent } from '../../../functions/render/handler';
import sharp from '../../fixtures/sharp';
import { BUCKETS, Cloud, watched } from '../../order/cloud';
import { type Content, makeContents } from '../../order/contents';
import { type Operation, World } from '../../order/world';

export const DELIVERY_URL = 'https://d111111abcdef8.cloudfront.net';

const variant = { fit: 'inside', format: 'same', quality: 80 } as const;

/** One variant that is made at upload and two that aren't. The key of one of those depends on the image's format. */
export const PRESET: Preset = {
  name: 'photos',
  prefix: '',
  variants: [
    { ...variant, name: 'small', width: 4 },
    { ...variant, name: 'large', width: 6, lazy: true },
    { ...variant, name: 'web', width: 5, format: 'webp', lazy: true },
  ],
};

export interface Endpoint {
  cloud: Cloud;
  /** What Render has reported to the workflow and no test has taken yet. */
  reports: ObjectEvent[];
  contents: Record<Content, Buffer>;
  /** Separate objects for each test. */
  world(): World;
  /** Requests a thumbnail by its key. */
  get(key: string, request?: { method?: string; headers?: Record<string, string> }): Promise<HttpAnswer>;
  send(event: UrlEvent): Promise<HttpAnswer>;
}

export async function openEndpoint(
  bucket: 'versioned' | 'unversioned',
  preset: Preset = PRESET,
): Promise<Endpoint> {
  const reports: ObjectEvent[] = [];
  const cloud = await Cloud.open({
    PRESETS: JSON.stringify([preset]),
    DELIVERY_URL,
    UPLOADS_BUCKET: BUCKETS[bucket],
    UPLOADS_PREFIX: 'world-',
    UPLOADS_SUFFIXES: 'jpg,png',
  });
  const { handler } = require('../../../functions/render/handler') as {
    handler(event: UrlEvent, context: { awsRequestId: string }): Promise<HttpAnswer>;
  };
  const contents = await makeContents();
  const send = (event: UrlEvent) => handler(event, { awsRequestId: 'b1c5' });
  return {
    cloud,
    contents,
    reports,
    send,
    world: () => new World(cloud, contents, bucket === 'versioned', (event) => void reports.push(event)),
    get: (key, { method = 'GET', headers = {} } = {}) =>
      send({ rawPath: `/${key}`, headers, requestContext: { http: { method } } }),
  };
}

/** Does something to the objects, and processes its event to the end. */
export async function happen(world: World, operation: Operation): Promise<void> {
  const event = await world.perform(operation);
  if (event) await world.deliver(event);
}

export const put = (content: Content): Operation => ({ do: 'put', key: 'a.jpg', content });
export const remove: Operation = { do: 'delete', key: 'a.jpg' };

/**
 * Holds up the n-th AWS call of `work` until something else has happened.
 *
 * @returns whether there was such a call
 */
export async function heldUp(
  n: number,
  work: () => Promise<unknown>,
  meanwhile: () => Promise<unknown>,
): Promise<boolean> {
  let calls = 0;
  await watched(async (_, perform) => {
    if (calls++ === n) await watched((_, performOther) => performOther(), meanwhile);
    return perform();
  }, work);
  return calls > n;
}

/** What a browser shows for an answer. */
export async function picture({ body = '' }: HttpAnswer): Promise<string> {
  const { dominant } = await sharp(Buffer.from(body, 'base64')).stats();
  const { width, height, format } = await sharp(Buffer.from(body, 'base64')).metadata();
  return `${dominant.r > dominant.b ? 'red' : 'blue'} ${format} ${width}x${height}`;
}
