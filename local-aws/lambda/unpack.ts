/** Deployment packages on disk, unpacked once for each content. */

import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';
import type { LambdaFunction } from '../stack/model';

/**
 * Unpacks a function's zip into `<dataDir>/functions/<name>-<content hash>`, unless it is there already. The folder appears
 * in one step, so a crash leaves no partial folder and several engines may share the data folder.
 * @returns the absolute path of the folder
 */
export async function unpack(fn: Pick<LambdaFunction, 'name' | 'zip'>, dataDir: string): Promise<string> {
  const zip = await readFile(fn.zip);
  const hash = createHash('sha256').update(zip).digest('hex').slice(0, 16);
  const parent = path.resolve(dataDir, 'functions');
  const folder = path.join(parent, `${fn.name}-${hash}`);
  if (existsSync(folder)) return folder;

  const temporary = path.join(parent, `.${fn.name}-${randomUUID()}`);
  try {
    await writeEntries(unzipSync(zip), temporary, fn.zip);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function writeEntries(entries: Record<string, Uint8Array>, folder: string, zip: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(entries)) {
    const target = path.join(folder, name);
    if (!target.startsWith(folder + path.sep)) {
      throw new Error(`Expected every file of ${zip} to lie inside it but received the path '${name}'`);
    }
    if (name.endsWith('/')) {
      await mkdir(target, { recursive: true });
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
}
