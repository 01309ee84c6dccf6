/** The longest key and the largest object that S3 takes with one request. */

import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ImageRecord } from '../../contract/record';
import { recordId } from '../../contract/source';
import type { Clients } from './clients';
import type { EngineProcess } from './engine/engine';

/** Bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY = 1_024;

/** Bytes of one PutObject: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const LARGEST_OBJECT = 5 * 1024 ** 3;

const CHUNK = Buffer.alloc(1024 ** 2);

/**
 * Uploads a picture under the longest key, and a picture with as many bytes after it as one request may have.
 *
 * @returns what is wrong; null if nothing
 */
export async function uploadExtremes(
  engine: EngineProcess,
  clients: Clients,
  picture: Buffer,
): Promise<string | null> {
  const longest = `${'uploads/'.padEnd(LONGEST_KEY - '.jpg'.length, 'k')}.jpg`;
  const largest = 'uploads/largest.jpg';
  const { s3, uploads: Bucket } = clients;
  await s3.send(new PutObjectCommand({ Bucket, Key: longest, Body: picture }));
  await engine.ask('idle');
  const before = (await engine.ask('memory')).rss;
  const most = watch(engine);
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: largest,
      Body: Readable.from(padded(picture, LARGEST_OBJECT), { objectMode: false }),
      ContentLength: LARGEST_OBJECT,
    }),
  );
  await engine.ask('idle');
  const megabytes = ((await most()) - before) / 2 ** 20;
  console.log(
    `An object of ${LARGEST_OBJECT} bytes: the engine held at most ${megabytes.toFixed(1)} MiB more than before`,
  );
  const outcomes = [await outcome(clients, longest), await outcome(clients, largest)].join(', ');
  return outcomes === 'DONE, ImageTooLarge'
    ? null
    : `Expected DONE for the longest key and ImageTooLarge for the largest object, but they are ${outcomes}`;
}

function* padded(start: Buffer, size: number): Generator<Buffer> {
  yield start;
  for (let left = size - start.length; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, left);
}

/** @returns a function that ends the watch and returns the most bytes that the engine had in memory meanwhile */
function watch(engine: EngineProcess): () => Promise<number> {
  let most = 0;
  let watching = true;
  const watched = (async () => {
    while (watching) {
      most = Math.max(most, (await engine.ask('memory')).rss);
      await sleep(250);
    }
  })();
  return async () => {
    watching = false;
    await watched;
    return most;
  };
}

async function outcome({ dynamodb, table, uploads }: Clients, key: string): Promise<string> {
  const id = recordId({ bucket: uploads, key });
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key: { id: { S: id } } }));
  if (!Item) return 'without a record';
  const { status, error } = unmarshall(Item) as ImageRecord;
  return error?.name ?? status;
}
