/** The parts of `cdk.tf.json`, which synth writes, that commands read. */
import { readFileSync } from 'node:fs';

export type Resource = Record<string, unknown>;

export interface Configuration {
  terraform: {
    required_version?: string;
    /** Where the state is kept. A local path is relative to the folder of `cdk.tf.json`. */
    backend?: { local?: { path: string }; s3?: { bucket: string; key: string; region: string } };
  };
  provider: { aws: { region: string }[] };
  /** By type and name. */
  resource: Record<string, Record<string, Resource>>;
  data?: Record<string, Record<string, Resource>>;
}

/** @throws Error when the file does not exist or is not JSON */
export function readConfiguration(file: string): Configuration {
  return JSON.parse(readFileSync(file, 'utf8')) as Configuration;
}

/** @returns the resources of a type by name */
export function resources({ resource }: Configuration, type: string): [name: string, resource: Resource][] {
  return Object.entries(resource[type] ?? {});
}

/** @returns name of the resource that an expression such as `${aws_sns_topic.errors.arn}` refers to */
export function referred(expression: unknown): string | undefined {
  return /^\$\{aws_\w+\.([^.}]+)/.exec(String(expression))?.[1];
}
