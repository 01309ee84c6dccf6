/** The stack as Terraform would read it, built from packages that are only placeholders. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdktf';
import { functionsFor } from '../../stacks/functions/catalogue';
import { parseSettings } from '../../stacks/load-settings';
import { ThumbnailWorkflowStack } from '../../stacks/thumbnail-workflow-stack';

// biome-ignore lint/suspicious/noExplicitAny: the provider's JSON has no types here
type Block = Record<string, any>;

export interface TerraformJson {
  resource: Record<string, Record<string, Block>>;
  data: Record<string, Record<string, Block>>;
  output: Record<string, Block>;
  provider: Record<string, Block[]>;
  terraform: Block;
}

/** SHA-256 of the placeholder package, base64. */
export const PACKAGE_SHA256 = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';

const folder = mkdtempSync(join(tmpdir(), 'packages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @param values as in settings.json */
export function synthesize(values: Record<string, unknown> = {}): TerraformJson {
  const settings = parseSettings(values, 'settings.json');
  const packages = Object.fromEntries(
    functionsFor(settings).map((name) => {
      const path = join(folder, `${name}.zip`);
      writeFileSync(path, 'test');
      return [name, { path, sha256: PACKAGE_SHA256 }];
    }),
  );
  return withoutTraces(() => {
    const stack = new ThumbnailWorkflowStack(Testing.app(), 'thumbnail-workflow', { settings, packages });
    return JSON.parse(Testing.synth(stack, true)) as TerraformJson;
  });
}

/** CDKTF keeps a stack trace with every token: to find the source of each line takes most of the time. */
function withoutTraces<Result>(run: () => Result): Result {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = () => '';
  try {
    return run();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

/** The one block of `type` whose id starts with `id`; ids end in a hash of the place in the tree. */
export function only(blocks: Record<string, Block> | undefined, id = ''): Block {
  const found = Object.entries(blocks ?? {}).filter(([key]) => key.startsWith(id));
  if (found.length !== 1) throw new Error(`Expected one block "${id}" but found ${found.length}.`);
  return found[0]![1];
}

/** `${aws_s3_bucket.uploads-bucket_555FCA6E.arn}/*` as `<uploads-bucket.arn>/*`: references without type and hash. */
export function readable<Value>(value: Value): Value {
  return JSON.parse(
    JSON.stringify(value).replace(
      /\$\{(?:data\.)?aws_\w+\.([\w-]+?)(?:_[0-9A-F]{8})?\.([a-z_]+)\}/g,
      '<$1.$2>',
    ),
  ) as Value;
}
