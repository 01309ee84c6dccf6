/** What the functions of the workflow share: the resources, the variables that name them, and common permissions. */

import type {
  Environment,
  FunctionName,
  LimitsEnvironment,
  RecipesEnvironment,
  ThumbnailsEnvironment,
  UploadsEnvironment,
} from '../../contract/environment';
import type { Topic } from '../messaging/topic';
import type { Statement } from '../security/statement';
import type { Settings } from '../settings/schema';
import type { Place, Uploads } from '../storage/place';
import type { RecordTable } from '../storage/record-table';

/** The resources that tasks work on. */
export interface Resources {
  readonly uploads: Uploads;
  readonly thumbnails: Place;
  readonly quarantine: Place;
  readonly records: RecordTable;
  readonly processed: Topic;
  /**
   * Where thumbnails are delivered from, without a slash at the end.
   * @default - messages and records name thumbnails by bucket and key only
   */
  readonly deliveryUrl?: string;
}

/** What one function of the workflow needs: its environment and, beside it, the permissions to use it. */
export interface Task {
  readonly description: string;
  readonly environment: Variables;
  readonly statements: Statement[];
}

declare const listed: unique symbol;

/** Environment variables that contract/environment.ts lists for a function: {@link environmentOf} alone makes them. */
export type Variables = Record<string, string> & { readonly [listed]: true };

/**
 * The environment of a function, beside what every function has: to leave out a variable that contract/environment.ts
 * lists for it, or to set another one, is a type error.
 */
export function environmentOf<Name extends FunctionName, Given extends Own<Name>>(
  _: Name,
  variables: Given & Record<Exclude<keyof Given, keyof Own<Name>>, never>,
): Variables {
  return variables as object as Variables;
}

type Own<Name extends FunctionName> = Omit<Environment<Name>, 'WORKFLOW_NAME'>;

/** The settings that decide which images are accepted and which thumbnails are made, as variables. */
export function imageEnvironment(
  { thumbnails }: Resources,
  { presets, accept, limits, output, sizeFromName }: Settings,
): RecipesEnvironment & LimitsEnvironment {
  return {
    PRESETS: JSON.stringify(presets),
    BACKGROUND: output.background,
    ...prefixEnvironment(thumbnails),
    ...optional(sizeFromName.enabled, { MAX_SIDE_FROM_NAME: String(sizeFromName.maxSide) }),
    ...limitsEnvironment({ accept, limits }),
  };
}

/** The settings that decide which images are accepted, as variables. */
export function limitsEnvironment({
  accept,
  limits,
}: Pick<Settings, 'accept' | 'limits'>): LimitsEnvironment {
  return {
    ACCEPTED_FORMATS: accept.join(','),
    MAX_BYTES: String(limits.bytes),
    MAX_PIXELS: String(limits.pixels),
    MAX_SIDE: String(limits.side),
  };
}

/** Where originals are, for functions that don't get it from an event. */
export function uploadsEnvironment({ uploads }: Resources): UploadsEnvironment {
  return {
    UPLOADS_BUCKET: uploads.name,
    ...optional(uploads.prefix !== '', { UPLOADS_PREFIX: uploads.prefix }),
  };
}

/** Where browsers get thumbnails, if anywhere. */
export function deliveryEnvironment({ deliveryUrl }: Resources): { DELIVERY_URL?: string } {
  return deliveryUrl === undefined ? {} : { DELIVERY_URL: deliveryUrl };
}

/** Where thumbnails are, for functions that write or delete them. */
export function thumbnailsEnvironment({ thumbnails }: Resources): ThumbnailsEnvironment {
  return { THUMBNAILS_BUCKET: thumbnails.name, ...prefixEnvironment(thumbnails) };
}

const prefixEnvironment = ({ prefix }: Place) => optional(prefix !== '', { THUMBNAILS_PREFIX: prefix });

const optional = <Given>(when: boolean, variables: Given): Partial<Given> => (when ? variables : {});

/**
 * The uploads bucket of the stack is versioned, so each event names a version, and reading a version by its id doesn't
 * need `s3:GetObject`. An existing bucket may keep no versions; there the ETag in the event identifies the content.
 */
export const readUploads = ({ uploads }: Resources, sid = 'ReadTheUploadedVersion'): Statement[] => [
  {
    sid,
    actions: uploads.existing ? ['s3:GetObject', 's3:GetObjectVersion'] : ['s3:GetObjectVersion'],
    resources: [uploads.objectsArn],
  },
  ...useKeyOfUploads(uploads, 'kms:Decrypt'),
];

/** Use of the key that encrypts an existing bucket, which objects there need besides the S3 permission. */
export function useKeyOfUploads(
  { encryption }: Uploads,
  action: 'kms:Decrypt' | 'kms:GenerateDataKey',
): Statement[] {
  if (!encryption) return [];
  return [
    {
      sid: action === 'kms:Decrypt' ? 'DecryptUploads' : 'EncryptInUploadsBucket',
      actions: [action],
      resources: [encryption.keyArn],
      condition: [
        {
          test: 'StringEquals',
          variable: 'kms:ViaService',
          values: [`s3.${encryption.region}.amazonaws.com`],
        },
      ],
    },
  ];
}

/** A thumbnail is deleted only after its metadata shows that an older version made it. */
export const removeThumbnails = ({ thumbnails }: Resources): Statement => ({
  sid: 'DeleteOutdatedThumbnails',
  actions: ['s3:GetObject', 's3:DeleteObject'],
  resources: [thumbnails.objectsArn],
});

/** Without `s3:ListBucket`, S3 answers 403 for a key that doesn't exist, and a deleted upload would look forbidden. */
export const distinguishMissingFromForbidden = (...places: Place[]): Statement => ({
  sid: 'DistinguishMissingFromForbidden',
  actions: ['s3:ListBucket'],
  resources: [...new Set(places.map(({ arn }) => arn))],
});
