/** The stack as Terraform would read it, built from packages that are only placeholders. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { sharedPath } from '../once-per-run';

// biome-ignore lint/suspicious/noExplicitAny: the provider's JSON has no types here
type Block = Record<string, any>;

export interface TerraformJson {
  resource: Record<string, Record<string, Block>>;
  data: Record<string, Record<string, Block>>;
  output: Record<string, Block>;
  provider: Record<string, Block[]>;
  terraform: Block;
}

/**
 * Synthesizes the stack once for each settings in a run of the tests: that, and loading CDKTF, take most of the time.
 *
 * @param values as in settings.json
 * @throws whatever synth throws, each time
 */
export function synthesize(values: Record<string, unknown> = {}): TerraformJson {
  const file = sharedPath('stack.json', values);
  if (!existsSync(file)) {
    const { synthesizeNow } =
      require('../../scripts/synthesize') as typeof import('../../scripts/synthesize');
    // Another test file never reads half of it.
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, synthesizeNow(values));
    renameSync(partial, file);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as TerraformJson;
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
