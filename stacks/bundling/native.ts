/** Proof that a package carries the native library for Lambda's processor. */
import type { Files } from './zip';

/** ELF header: magic bytes, and `e_machine` at offset 18 (man 5 elf). */
const ELF = [0x7f, 0x45, 0x4c, 0x46];
const MACHINE_OFFSET = 18;
const AARCH64 = 183;

/**
 * npm leaves out an optional dependency that it can't fetch without failing, and such a package would only break when
 * Lambda loads it.
 *
 * @throws when there is no native addon, or one for another processor
 */
export function requireArm64Addon(name: string, files: Files): void {
  const addons = [...files].filter(([path]) => path.endsWith('.node'));
  if (addons.length === 0) {
    throw new Error(
      `Expected a native addon (.node) for linux-arm64 in the package of ${name} but found none: npm could not fetch it. Remove dist/ and try again.`,
    );
  }
  for (const [path, bytes] of addons) {
    const machine = ELF.every((byte, index) => bytes[index] === byte) ? bytes[MACHINE_OFFSET] : undefined;
    if (machine !== AARCH64) {
      throw new Error(
        `Expected ${path} in the package of ${name} to be built for linux-arm64 but it is not.`,
      );
    }
  }
}
