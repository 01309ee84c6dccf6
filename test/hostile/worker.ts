/**
 * The child process of a `Sandbox`. It runs files through the code of Validate and Thumbnail as the functions do; a file
 * takes the place of the upload bucket, and there is no thumbnails bucket.
 */
import { readFileSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { EmptyObject } from '../../contract/errors';
import type { ObjectEvent } from '../../contract/event';
import type { InputFormat, OutputFormat } from '../../contract/formats';
import type { Image } from '../../contract/image';
import type { Source } from '../../contract/source';
import { configureSharp } from '../../functions/lib/image/decode';
import type { Head } from '../../functions/lib/image/examine';
import { assertWithin, type Limits } from '../../functions/lib/image/limits';
import type { Preset } from '../../functions/lib/image/presets';
import { makeThumbnails } from '../../functions/thumbnail/thumbnail';
import { validate } from '../../functions/validate/validate';
import sharp from '../fixtures/sharp';

export interface Task {
  /** Path of the "uploaded" file. */
  file: string;
  /** Whether to run the workflow's code, or sharp as most programs use it, for comparison. */
  by: 'workflow' | 'plain sharp';
  settings: { accepted: InputFormat[]; limits: Limits; presets: Preset[] };
}

export interface Output {
  format: OutputFormat;
  data: Buffer;
}

/** The outcome for a file, if the process survived. */
export type Answer =
  | { kind: 'thumbnails'; outputs: Output[] }
  | { kind: 'refused'; by: 'Validate' | 'Thumbnail' | 'sharp'; name: string; message: string };

/** An outcome with its cost. */
export interface Reply {
  answer: Answer;
  milliseconds: number;
  /** Of all its threads. */
  cpuMilliseconds: number;
  peakMegabytes: number;
}

const MEGABYTE = 1024 ** 2;
const execution = 'arn:aws:states:us-east-1:111122223333:express:hostile:1:1';

process.on('message', async (task: Task) => {
  const start = process.hrtime.bigint();
  const before = process.cpuUsage();
  const answer = await (task.by === 'workflow' ? throughWorkflow(task) : throughSharp(task));
  const { user, system } = process.cpuUsage(before);
  const cpuMilliseconds = (user + system) / 1e3;
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  process.send?.({
    answer,
    milliseconds,
    cpuMilliseconds,
    peakMegabytes: peakMemory() / MEGABYTE,
  } satisfies Reply);
});

/** Peak resident bytes. On Linux, `resourceUsage` would include what the parent had at the time of the fork. */
function peakMemory(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

async function throughWorkflow({ file, ...task }: Task): Promise<Answer> {
  const settings = {
    ...task.settings,
    background: '#ffffff',
    maxAnimatedPixels: 100_000_000,
    prefix: '',
    maxSideFromName: 0,
    memoryMb: 1_769,
  };
  configureSharp(settings.accepted);
  let by: 'Validate' | 'Thumbnail' = 'Validate';
  try {
    const { size } = await stat(file);
    const event = created(size);
    const readWhole = async () => {
      assertWithin('bytes', size, settings.limits);
      return readFile(file);
    };
    const readHead = (_: Source, length: number) => head(file, size, length);
    const claim = async () => new Set<string>();
    const record = async () => null;
    const ports = { readHead, readWhole, claim, record };
    const image: Image = await validate({ execution, state: event }, settings, ports, new Date());
    by = 'Thumbnail';
    const outputs: Output[] = [];
    await makeThumbnails({ execution, state: { ...event, image } }, settings, {
      bucket: 'thumbnails',
      readWhole,
      find: async () => null,
      write: async ({ format }, data) => {
        outputs.push({ format, data });
        return true;
      },
    });
    return { kind: 'thumbnails', outputs };
  } catch (error) {
    const { name, message } = error as Error;
    return { kind: 'refused', by, name, message };
  }
}

async function throughSharp({ file }: Task): Promise<Answer> {
  try {
    const image = sharp(await readFile(file))
      .autoOrient()
      .resize(200, 200, { fit: 'inside' });
    return { kind: 'thumbnails', outputs: [{ format: 'jpeg', data: await image.jpeg().toBuffer() }] };
  } catch (error) {
    const { name, message } = error as Error;
    return { kind: 'refused', by: 'sharp', name, message };
  }
}

/** Like S3's answer to a ranged read of an empty object, which has no first bytes. */
async function head(file: string, totalBytes: number, length: number): Promise<Head> {
  if (totalBytes === 0) throw new EmptyObject(`Expected an image at ${file} but the object has 0 bytes`);
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length) });
    return { bytes: buffer.subarray(0, bytesRead), totalBytes };
  } finally {
    await handle.close();
  }
}

function created(size: number): ObjectEvent {
  return {
    version: '0',
    id: '1',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-03-12T02:08:00Z',
    region: 'us-east-1',
    resources: [],
    detail: {
      bucket: { name: 'uploads' },
      object: { key: 'uploads/holiday.jpg', size, etag: 'etag', 'version-id': '1', sequencer: '1' },
    },
  };
}
