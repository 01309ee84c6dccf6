/**
 * Lets Terraform itself check a synthesized stack without the AWS provider, which isn't always available.
 *
 * Each block becomes the built-in `terraform_data` with the block as its input, and each reference points there. What
 * Terraform then checks is real: references, templates, cycles and the rendered strings. It can't check the arguments
 * of the provider; their types do.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TerraformJson } from '../synthesized';

/** Stops Terraform from asking for newer versions of itself, and from collecting garbage in the second it runs. */
const ENVIRONMENT = { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', GOGC: 'off' };

export const terraformIsInstalled = spawnSync('terraform', ['version'], { env: ENVIRONMENT }).status === 0;

const address = (kind: string, type: string, id: string) => `${kind}__${type}__${id}`;

const REFERENCE = /(data\.)?\b(aws_\w+)\.([\w-]+)\.(\w+)/;

/** What every attribute of a block is worth. Known from the start, so that a plan shows everything rendered. */
export const STAND_IN = '00000000-0000-4000-8000-000000000000';

/**
 * Every attribute becomes the stand-in of its block, and an attribute that is an ARN becomes an ARN with it. Within an
 * expression, a `value` is a number: the length of the stand-in, which is 36.
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
  `terraform_data.${address(data ? 'data' : 'resource', type, id)}.input.stand_in`;

/** Terraform checks that a condition is one, and what it refers to. It need not hold for a stand-in. */
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

const ofStandIn = (text: string) => text.replace(/\bself\.\w+/g, 'self.input.stand_in');

function projectBlocks(kind: 'resource' | 'data', blocks: TerraformJson['resource']) {
  return Object.entries(blocks).flatMap(([type, instances]) =>
    Object.entries(instances).map(([id, { depends_on = [], lifecycle = {}, ...input }]) => [
      address(kind, type, id),
      {
        input: { ...input, stand_in: STAND_IN },
        lifecycle: {
          ...projectConditions(lifecycle),
          ...(lifecycle.create_before_destroy && { create_before_destroy: true }),
        },
        depends_on: (depends_on as string[]).map((dependency) => {
          const [dependencyType = '', dependencyId = ''] = dependency.split('.');
          return `terraform_data.${address('resource', dependencyType, dependencyId)}`;
        }),
      },
    ]),
  );
}

interface Projection {
  terraform: unknown;
  resource: { terraform_data: Record<string, unknown> };
  output?: unknown;
}

/** @returns the configuration in which every block is a `terraform_data` */
export function project(stack: TerraformJson): Projection {
  const blocks = [...projectBlocks('resource', stack.resource), ...projectBlocks('data', stack.data)];
  const configuration = {
    terraform: { required_version: stack.terraform['required_version'] },
    resource: { terraform_data: Object.fromEntries(blocks) },
    output: stack.output,
  };
  return JSON.parse(projectReferences(JSON.stringify(configuration)));
}

/** @returns the part of a configuration that blocks of the types need: they, and all they refer to */
export function partFor(configuration: Projection, types: string[]): Projection {
  const all = configuration.resource.terraform_data;
  const needed = new Set<string>();
  const need = (name: string) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const [, other] of JSON.stringify(all[name]).matchAll(/\bterraform_data\.([\w-]+)/g)) need(other!);
  };
  for (const name of Object.keys(all)) if (types.includes(name.split('__')[1]!)) need(name);
  const part = Object.entries(all).filter(([name]) => needed.has(name));
  return { terraform: configuration.terraform, resource: { terraform_data: Object.fromEntries(part) } };
}

/**
 * Validates and plans a configuration. It needs no `terraform init`: the only provider is the built-in one.
 *
 * @returns each block as Terraform rendered it, by address
 * @throws with Terraform's own words
 */
export function plan(folder: string, configuration: unknown): Record<string, Record<string, unknown>> {
  const terraform = (...args: string[]) =>
    execFileSync('terraform', args, { cwd: folder, env: ENVIRONMENT, encoding: 'utf8', stdio: 'pipe' });
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(configuration));
  terraform('plan', '-no-color', '-input=false', '-refresh=false', '-out=plan');
  const shown = JSON.parse(terraform('show', '-json', 'plan')) as {
    planned_values: {
      root_module: { resources: { name: string; values: { input: Record<string, unknown> } }[] };
    };
  };
  return Object.fromEntries(
    shown.planned_values.root_module.resources.map(({ name, values }) => [name, values.input]),
  );
}

/** Applies a configuration to what an earlier one has left in the folder. @returns what Terraform says meanwhile */
export function apply(folder: string, configuration: unknown): string {
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(configuration));
  return execFileSync('terraform', ['apply', '-no-color', '-input=false', '-auto-approve'], {
    cwd: folder,
    env: ENVIRONMENT,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}
