/**
 * A process with an engine of its own: uploads images, waits until all are done, and says what that took.
 *
 *   node --import tsx bench/end-to-end/round.ts '<Round as JSON>'
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startWorkflowEngine } from '../../cli/lib/workflow-engine';
import { type Engine, USER_CREDENTIALS } from '../../local-aws';
import { childrenOf, cpuOf, memoryOf } from './process';

/** What to upload. */
export interface Round {
  /** Taken in turns. */
  files: string[];
  /** Images of each lap. */
  laps: number[];
  /** Longest sides of the thumbnails, in pixels. */
  sides: number[];
  /** Executions at a time. @default as many as the engine takes by itself */
  concurrency?: number;
}

/** What one lap took. */
export interface Lap {
  images: number;
  seconds: number;
  /** CPU seconds of the engine, in which the uploads are made too. */
  engine: number;
  /** CPU seconds of the processes of each function. */
  functions: Record<string, number>;
  /** Resident memory of the engine at the end, in bytes. */
  memory: number;
  /** The most that a process of each function has had resident so far, in bytes. */
  peaks: Record<string, number>;
}

/** Uploads under way at a time: enough that the workflow never waits for one. */
const UPLOADS = 4;

async function main({ files, laps, sides, concurrency }: Round): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const failures: string[] = [];
  let engine: Engine | undefined;
  try {
    const settings = path.join(dataDir, 'settings.json');
    const variants = sides.map((side) => ({ name: String(side), width: side, height: side }));
    await writeFile(settings, JSON.stringify({ presets: [{ name: 'bench', variants }] }));
    engine = await startWorkflowEngine({
      dataDir: path.join(dataDir, 'engine'),
      port: 0,
      settings,
      concurrency,
      onExecution: ({ status, error, cause }) => {
        if (status !== 'SUCCEEDED') failures.push(`${status}: ${error} ${cause}`);
      },
    });
    const send = await uploader(engine, files);
    // Every function has loaded, in as many processes as there will be.
    await send((concurrency ?? availableParallelism() * 2) * 2);
    for (const images of laps) console.log(JSON.stringify(await lap(images, send)));
    if (failures.length > 0)
      throw new Error(`${failures.length} executions failed, the first: ${failures[0]}`);
  } finally {
    await engine?.close();
    await rm(dataDir, { recursive: true });
  }
}

/** @returns uploads so many images, and waits until the workflow is done with them */
async function uploader(engine: Engine, files: string[]): Promise<(images: number) => Promise<void>> {
  const Bucket = engine.stack.outputs['uploads_bucket'] as string;
  const bodies = await Promise.all(files.map((file) => readFile(file)));
  const s3 = new S3Client({
    endpoint: engine.endpoint,
    region: engine.stack.region,
    credentials: USER_CREDENTIALS,
  });
  // As a browser with a presigned URL: the body is not hashed a second time for the signature.
  s3.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build' },
  );
  let sent = 0;
  return async (images) => {
    const until = sent + images;
    const some = async () => {
      while (sent < until) {
        const n = sent++;
        const at = n % files.length;
        const Key = `uploads/${n}-${path.basename(files[at] as string)}`;
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: bodies[at] }));
      }
    };
    await Promise.all(Array.from({ length: UPLOADS }, some));
    await engine.idle();
  };
}

async function lap(images: number, send: (images: number) => Promise<void>): Promise<Lap> {
  const before = spent();
  await send(images);
  const after = spent();
  const functions = Object.entries(after.functions).map(([name, { cpu }]) => [
    name,
    cpu - (before.functions[name]?.cpu ?? 0),
  ]);
  const peaks = Object.entries(after.functions).map(([name, { peak }]) => [name, peak]);
  return {
    images,
    seconds: after.seconds - before.seconds,
    engine: after.engine - before.engine,
    functions: Object.fromEntries(functions),
    memory: process.memoryUsage.rss(),
    peaks: Object.fromEntries(peaks),
  };
}

/** Seconds so far; of functions by what follows the prefix of the stack in their name. */
function spent() {
  const { user, system } = process.cpuUsage();
  const functions: Record<string, { cpu: number; peak: number }> = {};
  for (const { pid, environment } of childrenOf(process.pid)) {
    const name = environment['AWS_LAMBDA_FUNCTION_NAME']?.replace('thumbnail-workflow-', '');
    if (name === undefined) continue;
    const others = functions[name] ?? { cpu: 0, peak: 0 };
    const peak = Math.max(others.peak, memoryOf(pid));
    functions[name] = { cpu: others.cpu + cpuOf(pid), peak };
  }
  return { seconds: performance.now() / 1_000, engine: (user + system) / 1e6, functions };
}

main(JSON.parse(process.argv[2] as string) as Round).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
