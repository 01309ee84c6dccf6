import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Kms, UseKey } from '../kms';
import type { Gate, Principal } from '../service';
import type { BucketEncryption, CorsRule } from '../stack/model';
import type { ObjectEvent } from './events';
import { type Announce, BucketStore } from './store/bucket';
import { Sequencer } from './store/sequencer';
import { UploadStore } from './store/uploads';

export interface S3Options {
  /** Folder of all objects; created if it is missing. */
  dataDir: string;
  region: string;
  account: string;
  /** The buckets. `versioning` is their state at the start, `eventBridge` whether they send events. */
  buckets: {
    name: string;
    versioning: boolean;
    eventBridge: boolean;
    encryption?: BucketEncryption;
    cors?: CorsRule[];
  }[];
  gate: Gate;
  /** The owner of an access key that signs forms. @default no keys */
  find?: (accessKeyId: string) => Principal | undefined;
  /** Origins of pages that may send forms to every bucket, whatever its own rules are. @default none */
  origins?: ReadonlySet<string>;
  /** Access to the keys of objects. @default none */
  useKey?: UseKey;
  findKey?: Kms['find'];
  /** Makes an event durable. Its change happens only after this has resolved, and before the event is released. */
  announce: Announce<ObjectEvent>;
}

/** What all requests share. */
export interface Service
  extends Pick<
    S3Options,
    'region' | 'account' | 'gate' | 'find' | 'announce' | 'useKey' | 'findKey' | 'origins'
  > {
  buckets: Map<string, Bucket>;
}

export interface Bucket {
  name: string;
  eventBridge: boolean;
  encryption: BucketEncryption | undefined;
  cors: CorsRule[];
  created: Date;
  objects: BucketStore;
  uploads: UploadStore;
}

/** Opens the buckets of a data folder, with what earlier runs left in them. */
export function openBuckets({ dataDir, buckets }: S3Options): Map<string, Bucket> {
  mkdirSync(dataDir, { recursive: true });
  const sequencer = new Sequencer(dataDir);
  return new Map(
    buckets.map(({ name, versioning, eventBridge, encryption, cors = [] }) => {
      const directory = join(dataDir, name);
      const objects = new BucketStore(directory, versioning, sequencer);
      return [
        name,
        {
          name,
          eventBridge,
          encryption,
          cors,
          created: objects.created,
          objects,
          uploads: new UploadStore(directory),
        },
      ];
    }),
  );
}
