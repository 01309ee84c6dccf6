/** The parameters: those that exist besides the stack, and those that were put since, which are in a file. */

import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeDurably } from '../durable';
import type { Parameter } from '../stack/model';

export interface Stored extends Parameter {
  /** Counts its values, from 1. */
  version: number;
  /** When it was put, in Unix milliseconds. */
  at: number;
}

export interface Parameters {
  find(isWanted: (name: string) => boolean): Promise<Stored | undefined>;
  /** When this resolves, the value survives a crash. */
  put(parameter: Stored): Promise<void>;
}

export function openParameters(dataDir: string, existing: Parameter[]): Parameters {
  const file = path.join(dataDir, 'ssm', 'parameters.json');
  const startedAt = Date.now();
  const read = async (): Promise<Stored[]> => {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as Stored[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  };
  return {
    async find(isWanted) {
      const all = [...(await read()), ...existing.map((each) => ({ ...each, version: 1, at: startedAt }))];
      return all.find(({ name }) => isWanted(name));
    },
    async put(parameter) {
      const others = (await read()).filter(({ name }) => name !== parameter.name);
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await writeDurably(file, JSON.stringify([parameter, ...others]));
    },
  };
}
