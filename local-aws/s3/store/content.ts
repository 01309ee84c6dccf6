import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { withRoom } from '../../durable';
import { type Algorithm, createHasher } from '../checksums';

/** What is known about bytes after one read. */
export interface Digests {
  size: number;
  md5: Buffer;
  algorithm: Algorithm;
  checksum: Buffer;
}

/** Computes every digest of a stream in one pass. */
export class Digester {
  #size = 0;
  readonly #md5 = createHash('md5');
  readonly #checksum;

  constructor(private readonly algorithm: Algorithm) {
    this.#checksum = createHasher(algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#md5.update(bytes);
    this.#checksum.update(bytes);
  }

  async digests(): Promise<Digests> {
    return {
      size: this.#size,
      md5: this.#md5.digest(),
      algorithm: this.algorithm,
      checksum: await this.#checksum.digest(),
    };
  }
}

/** Bytes to collect before writing to the disk, since each write goes through another thread. */
const BATCH = 512 * 1024;

/**
 * Streams bytes into a new file. When this resolves, they survive a crash of the machine.
 *
 * @throws AwsError `InternalError` when the disk is full
 */
export function writeContent(
  path: string,
  source: AsyncIterable<Uint8Array>,
  algorithm: Algorithm,
): Promise<Digests> {
  return withRoom(() => write(path, source, algorithm));
}

async function write(
  path: string,
  source: AsyncIterable<Uint8Array>,
  algorithm: Algorithm,
): Promise<Digests> {
  const digester = new Digester(algorithm);
  const file = await open(path, 'wx');
  try {
    let batch: Uint8Array[] = [];
    let size = 0;
    const flush = async () => {
      if (size > 0) await file.appendFile(Buffer.concat(batch));
      batch = [];
      size = 0;
    };
    for await (const bytes of source) {
      digester.update(bytes);
      batch.push(bytes);
      size += bytes.length;
      if (size >= BATCH) await flush();
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return digester.digests();
}
