/**
 * The data that flows through the workflow: what each state receives and the one key it adds.
 *
 * The EventBridge event stays at the root of the state. Validate adds `image`, Thumbnail adds `thumbnails`,
 * StoreMetadata adds `record`, Notify adds `notification`. A deletion adds `removal`. A caught failure adds `error`, and Quarantine turns it
 * into `failure`. Only references travel, never pixels: a state may hold 256 KiB.
 */

/** Version of the shapes in this file. It travels in the payload and in every message. */
export const SCHEMA = 1;

/** Image formats the workflow can decode. Which of them it accepts is a setting. */
export type InputFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff';

/** Image formats a thumbnail can have. */
export type OutputFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif';

/** An S3 object event as EventBridge delivers it. The key is plain text: never URL-decode it. */
export interface ObjectEvent {
  version: string;
  id: string;
  'detail-type': 'Object Created' | 'Object Deleted';
  source: 'aws.s3';
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: {
    version?: string;
    bucket: { name: string };
    object: {
      key: string;
      size?: number;
      etag?: string;
      'version-id'?: string;
      sequencer?: string;
    };
    reason?: string;
    'deletion-type'?: 'Permanently Deleted' | 'Delete Marker Created';
  };
}

/** One exact version of one source object. */
export interface Source {
  bucket: string;
  key: string;
  /** S3 version id; null where the bucket is not versioned, and then `etag` pins the content. */
  version: string | null;
  etag: string;
  /** Order of events for one key: 32 upper-case hexadecimal digits, comparable as text. */
  sequencer: string;
}

/** Pixels. */
export interface Size {
  width: number;
  height: number;
}

/** What Validate learned from the bytes. */
export interface Image {
  schema: typeof SCHEMA;
  source: Source;
  format: InputFormat;
  /** Pixels as a viewer sees them, after the EXIF orientation is applied. */
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
  /** Frames of an animation; 1 for a still image. */
  frames: number;
  /** Size of the object in bytes. */
  bytes: number;
  preset: PresetReference;
  /**
   * Lazy variants that an earlier version was asked for, by name: they are made with the others, so that nothing of an
   * earlier version is left under a key that can be predicted. Absent where there are none.
   */
  requested?: string[];
  /**
   * No thumbnail of the object was noted before this run: none is looked for before it is made, which saves a request
   * each. Should there be one all the same, the write finds out.
   */
  isNew?: true;
}

/** The preset that thumbnails are made by. */
export interface PresetReference {
  name: string;
  /** Changes whenever the thumbnails that are asked for do. */
  hash: string;
  /** The size that the name of the object asks for, where it asks for one. */
  size?: Size;
}

/** One thumbnail as it lies in the thumbnails bucket. */
export interface Thumbnail {
  variant: string;
  bucket: string;
  key: string;
  format: OutputFormat;
  width: number;
  height: number;
  bytes: number;
  /** Where a browser gets it; changes whenever the image or its variant does. Absent without delivery. */
  url?: string;
}

/** A lazy variant that nobody has asked for yet: made on the first request of its URL. */
export type Offer = Omit<Thumbnail, 'bytes'>;

export interface Thumbnails {
  schema: typeof SCHEMA;
  items: Thumbnail[];
  /** Absent where there are none. */
  onRequest?: Offer[];
}

/** What StoreMetadata answers: where the record is. */
export interface RecordReference {
  schema: typeof SCHEMA;
  id: string;
  status: 'DONE';
  /** Whether an earlier run of this version has already told people. */
  notified: boolean;
}

/** What Notify answers. `messageId` is null when an earlier run of the same version had already notified. */
export interface Notification {
  schema: typeof SCHEMA;
  messageId: string | null;
}

/**
 * What Step Functions puts at `$.error` when it catches a failure. `Cause` of a function error is JSON; an error of
 * Step Functions itself, such as a timeout, may have none.
 */
export interface CaughtError {
  Error: string;
  Cause?: string;
}

/** What Quarantine answers: everything NotifyFailure needs to publish without a function. */
export interface Failure {
  schema: typeof SCHEMA;
  error: string;
  /** Value of the `prefix` message attribute. */
  prefix: string;
  /** Readable text, for email. */
  text: string;
  /** The message for machines. */
  message: FailureMessage;
}

/** What Remove answers. */
export interface Removal {
  schema: typeof SCHEMA;
  /** Thumbnails gone; not concerned; or an earlier version is the current one again. */
  outcome: 'REMOVED' | 'KEPT' | 'RESTORED';
  /** The event to go on with, where an earlier version is the current one again. */
  restored: ObjectEvent | null;
}

/** The state of an execution, growing by one key per state. */
export interface ExecutionState extends ObjectEvent {
  image?: Image;
  thumbnails?: Thumbnails;
  record?: RecordReference;
  notification?: Notification;
  error?: CaughtError;
  failure?: Failure;
  removal?: Removal;
}

/** What every function receives: the state as it is, and the execution it belongs to. */
export interface TaskInput<Needs extends keyof ExecutionState = never> {
  execution: string;
  state: ExecutionState & Required<Pick<ExecutionState, Needs>>;
}

/** The message for machines on the `processed` topic. Documented in docs/messages.md. */
export interface ProcessedMessage {
  schema: typeof SCHEMA;
  status: 'DONE';
  /** Equal for every delivery of the same outcome of the same version: drop what you have seen. */
  dedupeId: string;
  source: Source & { format: InputFormat; width: number; height: number; frames: number; bytes: number };
  preset: PresetReference;
  thumbnails: Thumbnail[];
  /** Absent where there are none. */
  onRequest?: Offer[];
  execution: string;
  time: string;
}

/** The message for machines on the `errors` topic. Documented in docs/messages.md. */
export interface FailureMessage {
  schema: typeof SCHEMA;
  status: 'FAILED';
  /**
   * No thumbnails of the image; thumbnails, but the processed topic was not told; thumbnails that should be gone; or
   * not known, where Quarantine itself failed.
   */
  consequence: 'NOT_MADE' | 'NOT_TOLD' | 'NOT_REMOVED' | 'UNKNOWN';
  dedupeId: string;
  source: {
    bucket: string;
    key: string;
    version: string | null;
    etag: string | null;
    sequencer: string | null;
  };
  error: { name: string; message: string };
  /** Where the copy of the original is; null where there is none, and `note` says why. */
  quarantine: { bucket: string; key: string } | null;
  note: string | null;
  execution: string;
  time: string;
}
