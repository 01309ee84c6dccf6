/** Turns the Terraform JSON of one stack into blocks whose arguments are concrete values. */

import type { Block } from './block';
import type { Reference } from './expressions';
import { reportChecks } from './lifecycle';
import { referencedAddresses, resolve } from './references';
import {
  DATA_SOURCES,
  type Get,
  META_ARGUMENTS,
  type Place,
  RESOURCES,
  type ResourceType,
} from './resources';

type Json = Record<string, unknown>;

/** The part of cdk.tf.json that is read here. */
export interface Terraform {
  '//'?: { metadata?: { stackName?: string } };
  provider?: { aws?: Json | Json[] };
  data?: Record<string, Record<string, Json>>;
  resource?: Record<string, Record<string, Json>>;
  output?: Record<string, { value: unknown }>;
}

export interface Evaluated {
  place: Place;
  resources: Block[];
  dataSources: Block[];
  outputs: Record<string, unknown>;
}

const TOP_LEVEL = ['//', 'terraform', 'provider', 'data', 'resource', 'output'];
const REPEATED = ['count', 'for_each'];

/** Replaces a value that could not be resolved. The problem is already reported. */
const UNRESOLVED = 'unresolved';

/**
 * @param place account, and the region if the stack's provider names none
 * @param report takes each problem as one line that starts with an address
 */
export function evaluate(terraform: Terraform, place: Place, report: (problem: string) => void): Evaluated {
  for (const key of Object.keys(terraform).filter((key) => !TOP_LEVEL.includes(key))) {
    report(`${key}: the local engine does not read this block`);
  }

  const provider = [terraform.provider?.aws ?? []].flat();
  if (provider.length > 1) report('provider.aws: the local engine runs one region, and so one provider');
  const region = provider[0]?.['region'];
  const here = { ...place, ...(typeof region === 'string' && { region }) };

  const blocks = new Map<string, Block>();
  const lookUp =
    (from: string) =>
    ({ address, attribute }: Reference): unknown => {
      const block = blocks.get(address);
      if (block) return block.attribute(attribute);
      report(`${from}: refers to ${address}, which the stack does not have`);
      return UNRESOLVED;
    };

  const cyclic = reportCycles(terraform, report);
  const seen = new Set<string>();
  const reportOnce = (problem: string) => {
    if (!seen.has(problem)) report(problem);
    seen.add(problem);
  };

  function block(address: string, type: string, known: ResourceType, raw: Json): Block {
    const resolved = new Map<string, unknown>();
    const get: Get = (argument) => {
      if (!resolved.has(argument)) resolved.set(argument, safely(`${address}.${argument}`, raw[argument]));
      return resolved.get(argument);
    };
    const attribute = (name: string): unknown => {
      if (cyclic.has(address)) return UNRESOLVED;
      const compute = known.attributes?.[name];
      if (compute) return compute(get, here, address);
      if (raw[name] !== undefined || known.arguments?.includes(name)) return get(name);
      reportOnce(`${address}: the local engine does not know the attribute "${name}" of ${type}`);
      return UNRESOLVED;
    };
    return { type, address, get, attribute };
  }

  function safely(where: string, value: unknown): unknown {
    try {
      return resolve(value, lookUp(where));
    } catch (error) {
      reportOnce(`${where}: ${(error as Error).message}`);
      return UNRESOLVED;
    }
  }

  for (const { address, type, raw, table } of everyBlock(terraform)) {
    const known = table[type];
    if (!known) {
      report(`${address}: the local engine does not run ${type}`);
      continue;
    }
    for (const argument of Object.keys(raw).filter((key) => key !== '//' && !META_ARGUMENTS.includes(key))) {
      if (REPEATED.includes(argument)) {
        report(`${address}.${argument}: the local engine takes each block once`);
      } else if (known.arguments && !known.arguments.includes(argument)) {
        report(`${address}.${argument}: the local engine does not know this argument of ${type}`);
      }
    }
    blocks.set(address, block(address, type, known, raw));
  }
  // A dangling reference is a problem even in an argument that the engine doesn't read.
  for (const { address, raw } of everyBlock(terraform)) {
    const block = blocks.get(address);
    for (const argument of Object.keys(raw).filter((key) => key !== 'lifecycle')) block?.get(argument);
    if (block && !cyclic.has(address)) {
      const where = `${address}.lifecycle`;
      reportChecks(block, raw['lifecycle'], lookUp(where), (problem) => reportOnce(`${where}: ${problem}`));
    }
  }

  const outputs = Object.fromEntries(
    Object.entries(terraform.output ?? {}).map(([name, { value }]) => [
      name,
      safely(`output.${name}`, value),
    ]),
  );
  const sound = [...blocks.values()].filter(({ address }) => !cyclic.has(address));
  const isData = ({ address }: Block) => address.startsWith('data.');
  return {
    place: here,
    resources: sound.filter((block) => !isData(block)),
    dataSources: sound.filter(isData),
    outputs,
  };
}

function* everyBlock({ data = {}, resource = {} }: Terraform) {
  for (const [prefix, types, table] of [
    ['data.', data, DATA_SOURCES],
    ['', resource, RESOURCES],
  ] as const) {
    for (const [type, named] of Object.entries(types)) {
      for (const [name, raw] of Object.entries(named)) {
        yield { address: `${prefix}${type}.${name}`, type, raw, table };
      }
    }
  }
}

/** Terraform orders whole blocks, so two blocks that refer to each other are a cycle, whichever attributes they use. */
function reportCycles(terraform: Terraform, report: (problem: string) => void): Set<string> {
  const needs = new Map(
    [...everyBlock(terraform)].map(({ address, raw }) => [address, referencedAddresses(raw)]),
  );
  const done = new Set<string>();
  const cyclic = new Set<string>();
  const visit = (address: string, path: string[]): void => {
    const start = path.indexOf(address);
    if (start >= 0) {
      const cycle = path.slice(start);
      for (const member of cycle) cyclic.add(member);
      report(`${address}: dependency cycle ${[...cycle, address].join(' → ')}`);
    } else if (!done.has(address)) {
      for (const next of needs.get(address) ?? []) visit(next, [...path, address]);
      done.add(address);
    }
  };
  for (const address of needs.keys()) visit(address, []);
  return cyclic;
}
