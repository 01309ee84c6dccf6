/** Uploads, overwrites and deletes until it is told to stop. Every request is repeated until it is acknowledged. */

import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CONTENTS, type Content } from '../../order/contents';
import type { Clients } from '../clients';
import type { Ledger } from './ledger';

/** How many requests are made at the same time. */
const CONCURRENCY = 6;

/** Milliseconds before a request that was refused or cut off is made again. */
const AGAIN = 200;

/** The most events that may wait: a day that accepts more than it can process never ends. */
const LONGEST_QUEUE = 100;

/** The probabilities of each request; the rest are uploads under new keys. */
const OVERWRITES = 0.3;
const DELETIONS = 0.15;

export interface TrafficOptions {
  ledger: Ledger;
  contents: Record<Content, Buffer>;
  random: () => number;
  /** Clients of the engine that runs now. Rejects when it will not run again. */
  clients: () => Promise<Clients>;
  /** How many events have been accepted and not yet processed. */
  waiting: () => number;
  stop: AbortSignal;
}

/** @throws what `clients` rejects with */
export async function traffic(options: TrafficOptions): Promise<void> {
  const { ledger, contents, random, clients, waiting, stop } = options;
  const busy = new Set<string>();
  let last = 0;

  const pick = <Value>(values: readonly Value[]): Value =>
    values[Math.floor(random() * values.length)] as Value;

  function choose(): { key: string; content: Content | null } {
    const chance = random();
    const content = pick(CONTENTS);
    const known =
      chance < OVERWRITES + DELETIONS ? [...ledger.keys.keys()].filter((key) => !busy.has(key)) : [];
    if (known.length === 0) return { key: `uploads/${++last}.jpg`, content };
    return { key: pick(known), content: chance < DELETIONS ? null : content };
  }

  async function perform(key: string, content: Content | null): Promise<string> {
    for (;;) {
      const { s3, uploads: Bucket } = await clients();
      try {
        const { VersionId } = await (content === null
          ? s3.send(new DeleteObjectCommand({ Bucket, Key: key }))
          : s3.send(new PutObjectCommand({ Bucket, Key: key, Body: contents[content] })));
        return VersionId as string;
      } catch (error) {
        ledger.refuse((error as Error).name);
        await sleep(AGAIN);
      }
    }
  }

  async function worker(): Promise<void> {
    while (!stop.aborted) {
      if (waiting() > LONGEST_QUEUE) {
        await sleep(AGAIN);
        continue;
      }
      const { key, content } = choose();
      busy.add(key);
      ledger.acknowledge(key, { content, version: await perform(key, content) });
      busy.delete(key);
    }
  }

  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}
