/** What Terraform would do to go from one synthesized stack to another, as far as the two say so. */
import { types } from './replacing-arguments.json';

export interface Stack {
  resource: Record<string, Record<string, object>>;
  data: Record<string, Record<string, object>>;
}

/** Types of resources, each as often as it occurs. */
export interface Difference {
  created: string[];
  updated: string[];
  replaced: string[];
  destroyed: string[];
}

type Arguments = Record<string, unknown>;

const REPLACING: Record<string, string[]> = types;

/** Attributes that are new whenever a resource is updated: each deploy of a function publishes a version. */
const NEW_ON_UPDATE: Record<string, string[]> = { aws_lambda_function: ['version', 'qualified_arn'] };

const REFERENCE = /\b(aws_\w+)\.([\w-]+)\.(\w+)/g;

export function difference(from: Stack, to: Stack): Difference {
  const [before, after] = [resourcesOf(from), resourcesOf(to)];
  const kept = [...after.keys()].filter((address) => before.has(address));
  const changes = new Changes(before, after);
  // What is replaced or updated has new attributes, which may change or replace others in turn.
  while (kept.some((address) => changes.judge(address)));
  const types = (addresses: Iterable<string>) =>
    [...addresses].map((address) => address.split('.')[0]!).sort();
  return {
    created: types([...after.keys()].filter((address) => !before.has(address))),
    updated: types([...changes.updated].filter((address) => !changes.replaced.has(address))),
    replaced: types(changes.replaced),
    destroyed: types([...before.keys()].filter((address) => !after.has(address))),
  };
}

class Changes {
  readonly updated = new Set<string>();
  readonly replaced = new Set<string>();

  constructor(
    private readonly before: Map<string, Arguments>,
    private readonly after: Map<string, Arguments>,
  ) {}

  /** @returns whether more is known now than before */
  judge(address: string): boolean {
    const known = [this.updated.size, this.replaced.size];
    const [old, now] = [this.before.get(address)!, this.after.get(address)!];
    const replacing = REPLACING[address.split('.')[0]!] ?? [];
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (!differ(old[name], now[name]) && !this.hasNewReference(now[name])) continue;
      this.updated.add(address);
      if (replacing.includes(name)) this.replaced.add(address);
    }
    return known[0] !== this.updated.size || known[1] !== this.replaced.size;
  }

  private hasNewReference(value: unknown): boolean {
    return [...JSON.stringify(value ?? null).matchAll(REFERENCE)].some(([, type, name, attribute]) => {
      const address = `${type}.${name}`;
      // An attribute that is also an argument is known from the configuration.
      if (attribute! in (this.after.get(address) ?? {})) return false;
      return (
        this.replaced.has(address) ||
        (this.updated.has(address) && (NEW_ON_UPDATE[type!] ?? []).includes(attribute!))
      );
    });
  }
}

const differ = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other);

/** The arguments of each resource by address. Policy documents stand in the arguments that refer to them. */
function resourcesOf({ resource, data }: Stack): Map<string, Arguments> {
  return new Map(
    Object.entries(resource).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([name, block]): [string, Arguments] => {
        const { depends_on: _, lifecycle: __, provider: ___, ...given } = block as Arguments;
        return [`${type}.${name}`, withDocuments(given, data)];
      }),
    ),
  );
}

const withDocuments = (given: Arguments, data: Stack['data']): Arguments =>
  JSON.parse(
    JSON.stringify(given).replace(/\$\{data\.aws_iam_policy_document\.([\w-]+)\.json\}/g, (_, name: string) =>
      JSON.stringify(JSON.stringify(data['aws_iam_policy_document']![name])).slice(1, -1),
    ),
  );
