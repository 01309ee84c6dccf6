/** What Terraform remembers of the last deploy, read from where the synthesized stack says that it is kept. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { timed } from './aws/timed';
import type { Configuration } from './configuration';

export interface State {
  /** Where it was read, for people. */
  source: string;
  /** When it was last written. */
  written: Date;
  /** Texts of the outputs by name; none after a destroy. */
  outputs: Record<string, string>;
  resources: AppliedResource[];
}

/** A resource as it was last applied. */
export interface AppliedResource {
  type: string;
  name: string;
  attributes: Record<string, unknown>;
}

/** The parts of Terraform's file that are read here: version 4, which every release since 0.12 writes. */
interface StateFile {
  version?: number;
  outputs?: Record<string, { value: unknown }>;
  resources?: { mode: string; type: string; name: string; instances: { attributes?: object }[] }[];
}

const KNOWN_VERSION = 4;

/** Milliseconds. A command that has its outputs elsewhere does not wait for a bucket that never answers. */
const REQUEST_TIMEOUT = 5_000;

/**
 * @param folder of `cdk.tf.json`
 * @returns undefined if nothing was ever deployed
 * @throws Error when the state is there and can't be read
 */
export async function readState(configuration: Configuration, folder: string): Promise<State | undefined> {
  const { local, s3 } = configuration.terraform.backend ?? {};
  if (local) return readLocalState(path.resolve(folder, local.path));
  return s3 && readStateInS3(s3);
}

/** The same for a state that is a file of this machine, which needs no credentials. */
export function readLocalState(file: string): State | undefined {
  const written = statSync(file, { throwIfNoEntry: false })?.mtime;
  return written && parse(readFileSync(file, 'utf8'), path.relative('', file), written);
}

async function readStateInS3({ bucket, key, region }: S3Backend): Promise<State | undefined> {
  const client = timed(S3Client, { region }, { attempts: 2, requestTimeout: REQUEST_TIMEOUT });
  const source = `s3://${bucket}/${key}`;
  try {
    const { Body, LastModified = new Date() } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key }),
    );
    return parse(await Body!.transformToString(), source, LastModified);
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'NoSuchKey') return undefined;
    throw new Error(`Could not read the Terraform state ${source} (${name}: ${message})`);
  } finally {
    client.destroy();
  }
}

type S3Backend = NonNullable<NonNullable<Configuration['terraform']['backend']>['s3']>;

function parse(text: string, source: string, written: Date): State {
  const file = JSON.parse(text) as StateFile;
  if (file.version !== KNOWN_VERSION) {
    throw new Error(
      `Expected version ${KNOWN_VERSION} of a Terraform state in ${source} but found ${file.version ?? 'another format, perhaps encrypted'}`,
    );
  }
  return {
    source,
    written,
    outputs: Object.fromEntries(
      Object.entries(file.outputs ?? {}).map(([name, { value }]) => [name, String(value)]),
    ),
    resources: (file.resources ?? [])
      .filter(({ mode }) => mode === 'managed')
      .flatMap(({ type, name, instances }) =>
        instances.map(({ attributes = {} }) => ({ type, name, attributes: { ...attributes } })),
      ),
  };
}
