/** The render function in front of the engine's S3 and DynamoDB, with the workflow beside it. */

import type { HttpAnswer } from '../../../functions/lib/http/problem';
import type { Preset } from '../../../functions/lib/image/presets';
import type { UrlEvent } from '../../../functions/render/handler';
import sharp from '../../fixtures/sharp';
import { BUCKETS, Cloud, watched } from '../../order/cloud';
import { type Content, makeContents } from '../../order/contents';
import { type Operation, World } from '../../order/world';

export const DELIVERY_URL = 'https://d111111abcdef8.cloudfront.net';

const variant = { fit: 'inside', format: 'same', quality: 80 } as const;

/** One variant that is made at once and two that are not; of one of those the key depends on the format of the image. */
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
  contents: Record<Content, Buffer>;
  /** Objects of its own for each test. */
  world(): World;
  /** Asks for a thumbnail by its key. */
  get(key: string, request?: { method?: string; headers?: Record<string, string> }): Promise<HttpAnswer>;
  send(event: UrlEvent): Promise<HttpAnswer>;
}

export async function openEndpoint(bucket: 'versioned' | 'unversioned'): Promise<Endpoint> {
  const cloud = await Cloud.open({
    PRESETS: JSON.stringify([PRESET]),
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
    send,
    world: () =>
      new World(cloud, contents, bucket === 'versioned', () => {
        throw new Error('Expected nothing in the backlog');
      }),
    get: (key, { method = 'GET', headers = {} } = {}) =>
      send({ rawPath: `/${key}`, rawQueryString: '', headers, requestContext: { http: { method } } }),
  };
}

/** Does something to the objects, and follows its event to the end. */
export async function happen(world: World, operation: Operation): Promise<void> {
  const event = await world.perform(operation);
  if (event) await world.deliver(event);
}

export const put = (content: Content): Operation => ({ do: 'put', key: 'a.jpg', content });
export const remove: Operation = { do: 'delete', key: 'a.jpg' };

/**
 * Holds `work` up before its n-th call of AWS, until something else has happened.
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

/** What a browser shows of an answer. */
export async function picture({ body = '' }: HttpAnswer): Promise<string> {
  const { dominant } = await sharp(Buffer.from(body, 'base64')).stats();
  const { width, height, format } = await sharp(Buffer.from(body, 'base64')).metadata();
  return `${dominant.r > dominant.b ? 'red' : 'blue'} ${format} ${width}x${height}`;
}
