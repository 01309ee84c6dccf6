/**
 * A process with its own engine: uploads images, waits until all are done, and prints what that cost.
 *
 *    node --import tsx bench/end-to-end/round.ts '<Round as JSON>'
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
  /** Uploaded in turn. */
  files: string[];
  /** Number of images in each lap. */
  laps: number[];
  /** Longest side of each thumbnail, in pixels. */
  sides: number[];
  /** Concurrent executions. @default the engine's own limit */
  concurrency?: number;
}

/** What one lap cost. */
export interface Lap {
  images: number;
  seconds: number;
  /** CPU seconds of the engine, which include making the uploads. */
  engine: number;
  /** CPU seconds of each function, over all of its processes. */
  functions: Record<string, number>;
  /** Resident memory of the engine at the end, in bytes. */
  memory: number;
  /** Peak resident memory of each function's largest process so far, in bytes. */
  peaks: Record<string, number>;
}

/** Concurrent uploads: enough that the workflow never waits for one. */
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
    // By now every function has loaded, in as many processes as it will have.
    await send((concurrency ?? availableParallelism() * 2) * 2);
    for (const images of laps) console.log(JSON.stringify(await lap(images, send)));
    if (failures.length > 0)
      throw new Error(`${failures.length} executions failed, the first with ${failures[0]}`);
  } finally {
    await engine?.close();
    await rm(dataDir, { recursive: true });
  }
}

/** @returns a function that uploads this many images and waits until the workflow has processed them */
async function uploader(engine: Engine, files: string[]): Promise<(images: number) => Promise<void>> {
  const Bucket = engine.stack.outputs['uploads_bucket'] as string;
  const bodies = await Promise.all(files.map((file) => readFile(file)));
  const s3 = new S3Client({
    endpoint: engine.endpoint,
    region: engine.stack.region,
    credentials: USER_CREDENTIALS,
  });
  // Like a browser with a presigned URL: the signature doesn't need a hash of the body.
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

/** Seconds so far. Functions are named by what follows the stack's prefix in their names. */
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
