/** What the functions of the workflow share: where things are, and how a task states its needs. */
import type { Bucket } from '../bucket';
import type { RecordTable } from '../record-table';
import type { Statement } from '../service-role';
import type { Settings } from '../settings/schema';
import type { Topic } from '../topic';

/** What tasks work on. */
export interface Resources {
  readonly uploads: Bucket;
  readonly thumbnails: Bucket;
  readonly quarantine: Bucket;
  readonly records: RecordTable;
  readonly processed: Topic;
}

/** What one function of the workflow needs: its environment and, beside it, the permissions to use it. */
export interface Task {
  readonly description: string;
  readonly environment: Record<string, string>;
  readonly statements: Statement[];
}

/** The settings that decide which images are taken, as validate and thumbnail read them. */
export function imageEnvironment({ presets, accept, limits }: Settings): Record<string, string> {
  return {
    PRESETS: JSON.stringify(presets),
    ACCEPTED_FORMATS: accept.join(','),
    MAX_BYTES: String(limits.bytes),
    MAX_PIXELS: String(limits.pixels),
    MAX_SIDE: String(limits.side),
    MAX_FRAMES: String(limits.frames),
  };
}

/** The bucket is versioned, so each event names a version; to read one by name, `s3:GetObject` is not asked for. */
export const readUploads = ({ uploads }: Resources): Statement => ({
  sid: 'ReadTheUploadedVersion',
  actions: ['s3:GetObjectVersion'],
  resources: [uploads.objectsArn],
});

/** A thumbnail is deleted only after its metadata shows that an older version made it. */
export const removeThumbnails = ({ thumbnails }: Resources): Statement => ({
  sid: 'RemoveThumbnailsOfOlderVersions',
  actions: ['s3:GetObject', 's3:DeleteObject'],
  resources: [thumbnails.objectsArn],
});

/** Without `s3:ListBucket`, S3 answers 403 for a key that doesn't exist, and a deleted upload would look forbidden. */
export const tellMissingFromForbidden = (...buckets: Bucket[]): Statement => ({
  sid: 'TellMissingFromForbidden',
  actions: ['s3:ListBucket'],
  resources: buckets.map((bucket) => bucket.arn),
});
