/** How the memory of the engine and of its functions grows over uploads in a row. */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { synthesize } from '../../cli/lib/synthesize';
import { makeContents } from '../order/contents';
import { clientsOf } from './clients';
import { EngineProcess } from './engine/engine';
import type { Memory } from './engine/memory';
import { uploadExtremes } from './extremes';

/** How many uploads are made at the same time. */
const CONCURRENCY = 4;

/** How often memory is measured. */
const SAMPLES = 5;

/** The most by which the engine may grow for each upload, in bytes of live objects: its index of S3's versions. */
const LARGEST_GROWTH = 4_096;

interface Sample extends Memory {
  uploads: number;
}

/** @returns what it found; null if nothing */
export async function measureMemory({ uploads }: { uploads: number }): Promise<string | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'soak-'));
  const dataDir = path.join(folder, 'data');
  await mkdir(dataDir);
  const stackFile = await synthesize(path.join(folder, 'synth'));
  const engine = await EngineProcess.start({ dataDir, stackFile, log: path.join(folder, 'engine.log') });
  const clients = clientsOf(engine);
  const { s3, uploads: Bucket } = clients;
  const { 'red jpeg': Body } = await makeContents();
  const samples: Sample[] = [];
  let next = 0;
  const begun = Date.now();

  async function uploadUntil(goal: number): Promise<void> {
    while (next < goal) await s3.send(new PutObjectCommand({ Bucket, Key: `uploads/${next++}.jpg`, Body }));
  }

  // After the first tenth, every process has loaded and compiled what it uses.
  for (const part of [0.1, ...Array.from({ length: SAMPLES }, (_, n) => (n + 1) / SAMPLES)]) {
    const goal = Math.round(uploads * part);
    await Promise.all(Array.from({ length: CONCURRENCY }, () => uploadUntil(goal)));
    await engine.ask('idle');
    const sample = { uploads: goal, ...(await engine.ask('memory')) };
    samples.push(sample);
    console.log(say(sample));
  }
  const seconds = (Date.now() - begun) / 1_000;
  const extremes = await uploadExtremes(engine, clients, Body);
  await engine.stop();
  await rm(folder, { recursive: true });

  const [first, last] = [samples[0] as Sample, samples.at(-1) as Sample];
  const each = (of: (sample: Sample) => number) => (of(last) - of(first)) / (last.uploads - first.uploads);
  const growth = each(({ heap, external }) => heap + external);
  console.log(
    `${(uploads / seconds).toFixed(1)} uploads a second. For each upload the engine grew by ` +
      `${Math.round(growth)} bytes of live objects and ${Math.round(each(({ rss }) => rss))} bytes of resident memory`,
  );
  if (extremes !== null) return extremes;
  return growth <= LARGEST_GROWTH
    ? null
    : `The engine grew by ${Math.round(growth)} bytes for each upload; at most ${LARGEST_GROWTH} are expected`;
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function say({ uploads, rss, heap, external, functions }: Sample): string {
  const each = Object.entries(functions).map(
    ([name, bytes]) => `${name.replace('thumbnail-workflow-', '')} ${megabytes(bytes)}`,
  );
  return `${uploads} uploads: engine ${megabytes(rss)} (live ${megabytes(heap + external)}); ${each.join(', ')}`;
}
