/**
 * Lets Terraform itself check a synthesized stack without the AWS provider, which is not always at hand.
 *
 * Each block becomes the builtin `terraform_data` with the block as its input, and each reference points there. What
 * Terraform then checks is real: references, templates, cycles, and the rendered strings. Arguments of the provider
 * it can't check; their types do.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TerraformJson } from '../synthesized';

/** Builtin provider only, and no call home. */
const ENVIRONMENT = { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };

export const terraformIsInstalled = spawnSync('terraform', ['version'], { env: ENVIRONMENT }).status === 0;

const address = (kind: string, type: string, id: string) => `${kind}__${type}__${id}`;

const REFERENCE = /(data\.)?\b(aws_\w+)\.([\w-]+)\.(\w+)/;

/**
 * Every attribute becomes the id of the block's stand-in, which Terraform knows only on apply, in an ARN where it is
 * one. Within an expression, a `value` is a number: the length of that id, which is 36.
 */
function projectReferences(text: string): string {
  return text.replace(/\$\{([^{}]*)\}/g, (_template, expression: string) => {
    const [whole, data, type = '', id = '', attribute = ''] = REFERENCE.exec(expression) ?? [];
    if (whole === expression && attribute.endsWith('arn')) {
      return `arn:aws:stand-in:us-east-1:123456789012:\${${standIn(data, type, id)}}`;
    }
    const projected = expression.replace(
      new RegExp(REFERENCE, 'g'),
      (_reference, data, type, id, attribute) =>
        whole !== expression && attribute === 'value'
          ? `length(${standIn(data, type, id)})`
          : standIn(data, type, id),
    );
    return `\${${projected}}`;
  });
}

const standIn = (data: string | undefined, type: string, id: string) =>
  `terraform_data.${address(data ? 'data' : 'resource', type, id)}.id`;

/** Terraform checks what a condition refers to, and whether it is one. That it holds for a stand-in can't be asked. */
function projectConditions(lifecycle: Record<string, unknown>) {
  const conditions = ['precondition', 'postcondition'].flatMap((kind) => {
    const checks = lifecycle[kind] as { condition: string; error_message: string }[] | undefined;
    if (!checks) return [];
    const projected = checks.map(({ condition, error_message }) => ({
      condition: ofStandIn(condition).replace(/^\$\{(.*)\}$/, '${($1) || true}'),
      error_message: ofStandIn(error_message),
    }));
    return [[kind, projected] as const];
  });
  return Object.fromEntries(conditions);
}

const ofStandIn = (text: string) => text.replace(/\bself\.\w+/g, 'self.id');

function projectBlocks(kind: 'resource' | 'data', blocks: TerraformJson['resource']) {
  return Object.entries(blocks).flatMap(([type, instances]) =>
    Object.entries(instances).map(([id, { depends_on = [], lifecycle = {}, ...input }]) => [
      address(kind, type, id),
      {
        input,
        lifecycle: projectConditions(lifecycle),
        depends_on: (depends_on as string[]).map((dependency) => {
          const [dependencyType = '', dependencyId = ''] = dependency.split('.');
          return `terraform_data.${address('resource', dependencyType, dependencyId)}`;
        }),
      },
    ]),
  );
}

/** @returns the configuration in which every block is a `terraform_data` */
export function project(stack: TerraformJson): unknown {
  const blocks = [...projectBlocks('resource', stack.resource), ...projectBlocks('data', stack.data)];
  const configuration = {
    terraform: { required_version: stack.terraform['required_version'] },
    resource: { terraform_data: Object.fromEntries(blocks) },
    output: stack.output,
  };
  return JSON.parse(projectReferences(JSON.stringify(configuration)));
}

/**
 * Initialises, validates and applies a configuration.
 *
 * @returns each block as Terraform rendered it, by address
 * @throws with Terraform's own words
 */
export function apply(folder: string, configuration: unknown): Record<string, Record<string, unknown>> {
  const terraform = (...args: string[]) =>
    execFileSync('terraform', args, { cwd: folder, env: ENVIRONMENT, encoding: 'utf8', stdio: 'pipe' });
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(configuration));
  terraform('init', '-no-color');
  terraform('validate', '-no-color');
  terraform('apply', '-no-color', '-auto-approve');
  const shown = JSON.parse(terraform('show', '-json')) as {
    values: { root_module: { resources: { name: string; values: { input: Record<string, unknown> } }[] } };
  };
  return Object.fromEntries(
    shown.values.root_module.resources.map(({ name, values }) => [name, values.input]),
  );
}
