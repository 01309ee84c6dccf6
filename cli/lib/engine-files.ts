/** Files that tell the engine what the account holds and what is to fail: docs/local-engine.md. */
import { type Existing, type Fault, readExisting, readFaults } from '../../local-aws';
import { UsageError } from './command';

/**
 * @param file undefined when nothing is to fail
 * @throws UsageError with what is wrong in the file
 */
export const faultsIn = (file: string | undefined): Fault[] | undefined => contents(file, readFaults);

/**
 * @param file undefined when the account holds nothing besides the stack
 * @throws UsageError with what is wrong in the file
 */
export const existingIn = (file: string | undefined): Existing | undefined => contents(file, readExisting);

function contents<T>(file: string | undefined, read: (file: string) => T): T | undefined {
  if (file === undefined) return undefined;
  try {
    return read(file);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
