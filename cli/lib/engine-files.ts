/** The files that commands hand to the engine. They are read in a file of their own, since the engine is slow to load. */

import { type Existing, type Fault, readExisting, readFaults } from '../../local-aws';
import { UsageError } from './arguments';

/**
 * @param file undefined where nothing is to go wrong
 * @throws UsageError with what is wrong in the file
 */
export const faults = (file: string | undefined): Fault[] | undefined => contents(file, readFaults);

/**
 * @param file undefined where nothing is said of what exists besides the stack
 * @throws UsageError with what is wrong in the file
 */
export const existing = (file: string | undefined): Existing | undefined => contents(file, readExisting);

function contents<T>(file: string | undefined, read: (file: string) => T): T | undefined {
  if (file === undefined) return undefined;
  try {
    return read(file);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
