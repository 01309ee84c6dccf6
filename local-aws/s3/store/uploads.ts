import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, writeDurably } from '../../durable';
import { KeyedMutex } from '../../keyed-mutex';
import type { Algorithm, Checksum } from '../checksums';
import { readJson } from './load';
import type { Tags } from './version';

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  id: string;
  key: string;
  /** ISO 8601. */
  initiated: string;
  /** Checksum algorithm that the caller chose for the object; otherwise S3 computes its own. */
  checksum?: { algorithm: Algorithm; type: Checksum['type'] };
  headers: Record<string, string>;
  tags: Tags;
}

export interface Part {
  /** 1 to 10,000. */
  number: number;
  size: number;
  /** MD5 of the part, hexadecimal, without quotes. */
  etag: string;
  checksum: Checksum;
  lastModified: string;
  /** Name of the file with the bytes. */
  file: string;
}

interface State {
  upload: Upload;
  parts: Map<number, Part>;
}

/**
 * The multipart uploads in progress of one bucket, on disk:
 *
 *     uploads/<upload id>/upload.json       what the object will be
 *     uploads/<upload id>/<number>.json     metadata of a part; its rename into place is the commit
 *     uploads/<upload id>/<UUID>.data       the bytes of a part
 */
export class UploadStore {
  readonly #directory: string;
  readonly #uploads = new Map<string, State>();
  readonly #mutex = new KeyedMutex();

  constructor(bucketDirectory: string) {
    this.#directory = join(bucketDirectory, 'uploads');
    mkdirSync(this.#directory, { recursive: true });
    for (const id of readdirSync(this.#directory)) {
      const state = load(join(this.#directory, id));
      if (state) this.#uploads.set(id, state);
    }
  }

  list(): Upload[] {
    return [...this.#uploads.values()].map(({ upload }) => upload);
  }

  find(id: string, key: string): Upload | undefined {
    const upload = this.#uploads.get(id)?.upload;
    return upload?.key === key ? upload : undefined;
  }

  /** Parts by ascending number. */
  parts(id: string): Part[] {
    return [...(this.#uploads.get(id)?.parts.values() ?? [])].sort((a, b) => a.number - b.number);
  }

  async create(description: Omit<Upload, 'id' | 'initiated'>): Promise<Upload> {
    const id = randomBytes(48).toString('base64url');
    const upload = { id, initiated: new Date().toISOString(), ...description };
    await mkdir(join(this.#directory, id));
    await writeDurably(join(this.#directory, id, 'upload.json'), JSON.stringify(upload));
    await syncDirectory(this.#directory);
    this.#uploads.set(id, { upload, parts: new Map() });
    return upload;
  }

  /**
   * Adds a part, or replaces the one with its number.
   *
   * @param path file with the bytes; it is moved
   * @returns false if the upload was completed or aborted in the meantime
   */
  putPart(id: string, path: string, description: Omit<Part, 'file'>): Promise<boolean> {
    return this.exclusively(id, async () => {
      const state = this.#uploads.get(id);
      if (!state) return false;
      const part = { ...description, file: `${randomUUID()}.data` };
      await rename(path, this.#pathOf(id, part.file));
      await writeDurably(this.#pathOf(id, `${part.number}.json`), JSON.stringify(part));
      const replaced = state.parts.get(part.number);
      state.parts.set(part.number, part);
      if (replaced) await rm(this.#pathOf(id, replaced.file), { force: true });
      return true;
    });
  }

  /** The bytes of parts, one after the other. */
  async *read(id: string, parts: Part[]): AsyncGenerator<Buffer> {
    for (const part of parts) yield* createReadStream(this.#pathOf(id, part.file));
  }

  /** Forgets an upload and frees its parts. */
  async remove(id: string): Promise<void> {
    this.#uploads.delete(id);
    await rm(join(this.#directory, id), { recursive: true, force: true });
    await syncDirectory(this.#directory);
  }

  /** Keeps others from changing an upload in the meantime. */
  exclusively<T>(id: string, task: () => Promise<T>): Promise<T> {
    return this.#mutex.run(id, task);
  }

  #pathOf(id: string, name: string): string {
    return join(this.#directory, id, name);
  }
}

/** @returns undefined for the remains of an upload that a crash interrupted before it was acknowledged */
function load(directory: string): State | undefined {
  const names = readdirSync(directory);
  if (!names.includes('upload.json')) {
    rmSync(directory, { recursive: true });
    return undefined;
  }
  const parts = names
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => readJson<Part>(join(directory, name)));
  const kept = new Set(['upload.json', ...parts.flatMap(({ number, file }) => [`${number}.json`, file])]);
  for (const name of names) if (!kept.has(name)) rmSync(join(directory, name));
  return {
    upload: readJson<Upload>(join(directory, 'upload.json')),
    parts: new Map(parts.map((part) => [part.number, part])),
  };
}
