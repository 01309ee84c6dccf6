import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdktf';
import { functionsFor } from '../stacks/catalogue';
import { parseSettings } from '../stacks/load-settings';
import { ThumbnailWorkflowStack } from '../stacks/thumbnail-workflow-stack';

/** SHA-256 of the placeholder of a package, base64. */
export const PACKAGE_SHA256 = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';

/**
 * Synthesizes the stack from packages that are only placeholders.
 *
 * @param values as in settings.json
 * @returns the JSON for Terraform
 */
export function synthesizeNow(values: Record<string, unknown>): string {
  const settings = parseSettings(values, 'settings.json');
  const folder = mkdtempSync(join(tmpdir(), 'packages-'));
  try {
    const packages = Object.fromEntries(
      functionsFor(settings).map((name) => {
        const path = join(folder, `${name}.zip`);
        writeFileSync(path, 'test');
        return [name, { path, sha256: PACKAGE_SHA256 }];
      }),
    );
    return withoutTraces(() => {
      const stack = new ThumbnailWorkflowStack(Testing.app(), 'thumbnail-workflow', { settings, packages });
      return Testing.synth(stack, true);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * CDKTF keeps a stack trace with every token, and sets the limit of their length itself: to take them is a quarter of the
 * time. V8 takes none while the limit is no plain number.
 */
function withoutTraces<Result>(run: () => Result): Result {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')!;
  Object.defineProperty(Error, 'stackTraceLimit', { ...ACCESSOR, configurable: true });
  try {
    return run();
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', limit);
  }
}

const ACCESSOR = { get: () => 0, set: () => {} };
