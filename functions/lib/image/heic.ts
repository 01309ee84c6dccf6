import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ImageTooLarge, SuspiciousImage } from '../../../contract/errors';
import type { Size } from '../../../contract/image';
import { tookTooLong } from '../../../contract/messages/too-large';
import { asWorkflowError } from './decoder-text';

/** What a decoder may use. */
export interface Budget {
  /** Bytes of its memory. */
  memory: number;
  /** Milliseconds; absent if it may take as long as it likes. */
  time?: number | undefined;
}

/** A decoded picture, upright, in the colours of its file. */
export interface Samples extends Size {
  /** Interleaved samples of 8 bits, or of 16 if the file has more than 8. */
  data: Uint8Array | Uint16Array;
  channels: 3 | 4;
}

type Reply = { error: string } | (Size & { pixels: Uint8Array; channels: 3 | 4; isDeep: boolean });

/** It lies beside this file, and beside the bundle of a function that accepts HEIC. */
const WORKER = join(__dirname, 'heic-worker.cjs');

/**
 * The decoder, compiled once for a process. It is loaded only when the first HEIC comes, and only where a setting accepts
 * HEIC is it there at all.
 */
let decoder: Promise<{ library: string; code: WebAssembly.Module }> | undefined;

async function load() {
  const library = require.resolve('libheif-js/libheif-wasm/libheif.js');
  return { library, code: await WebAssembly.compile(await readFile(library.replace(/js$/, 'wasm'))) };
}

/**
 * Decodes a HEIC in a thread of its own, for two reasons: a thread can be ended when its time is over, and WebAssembly's
 * memory, which only grows, is given back with it. libheif applies the rotation, the mirroring and the crop of the file.
 *
 * @param expected size of the picture, and the number of its item; without that the primary one
 * @throws ImageTooLarge when it takes too long, SuspiciousImage when it takes more memory than it may
 * @throws CorruptImage or UnsupportedFormat when it cannot be decoded, or has another size
 */
export async function decodeHeic(
  bytes: Uint8Array,
  expected: Size & { item?: number | undefined },
  { memory, time }: Budget,
): Promise<Samples> {
  decoder ??= load();
  const { library, code } = await decoder;
  const { width, height, item } = expected;
  const workerData = { library, code, bytes, expected: { width, height, item }, mostMemory: memory };
  const worker = new Worker(WORKER, { workerData, env: {}, execArgv: [] });
  let timer: NodeJS.Timeout | undefined;
  try {
    const reply = await new Promise<Reply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread ended')));
      if (time === undefined) return;
      timer = setTimeout(() => reject(new ImageTooLarge(tookTooLong(time))), Math.max(0, time));
    });
    return samplesOf(reply);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function samplesOf(reply: Reply): Samples {
  if ('error' in reply) {
    if (reply.error !== 'memory') throw asWorkflowError(new Error(reply.error));
    throw new SuspiciousImage(
      'The image takes more memory to decode than its header says. Export the image again and upload it.',
    );
  }
  const { pixels, isDeep, ...picture } = reply;
  return { ...picture, data: isDeep ? new Uint16Array(pixels.buffer) : pixels };
}
