/** Where Terraform keeps its state. */
import { relative, resolve, sep } from 'node:path';
import { App, LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import type { Settings } from './settings/schema';

/** In an existing bucket if the settings name one, otherwise in a file next to cdktf.json. */
export function addStateBackend(stack: TerraformStack, { backend, namePrefix, region }: Settings): void {
  if (!backend) {
    new LocalBackend(stack, { path: statePath(stack) });
    return;
  }
  new S3Backend(stack, {
    bucket: backend.bucket,
    key: backend.key ?? `${namePrefix}.tfstate`,
    region: backend.region ?? region,
    encrypt: true,
  });
  // S3 itself keeps the lock since Terraform 1.10, so no table is needed. CDKTF does not know the argument.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}

/**
 * Relative to the folder of the stack that Terraform runs in. CDKTF's own default is the same file as an absolute path,
 * which would differ from machine to machine.
 */
function statePath(stack: TerraformStack): string {
  const id = stack.node.id;
  const path = relative(resolve(App.of(stack).outdir, 'stacks', id), resolve(`terraform.${id}.tfstate`));
  return path.split(sep).join('/');
}
