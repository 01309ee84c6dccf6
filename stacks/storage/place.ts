/** The objects of a bucket whose keys begin with a prefix: what a function works on, and all that it may touch. */
export interface Place {
  /** Name of the bucket. */
  readonly name: string;
  /** ARN of the bucket. */
  readonly arn: string;
  /** Start of the keys; empty for the whole bucket. */
  readonly prefix: string;
  /** ARN of the objects. */
  readonly objectsArn: string;
}

/** @param prefix start of the keys; empty for the whole bucket */
export function placeIn({ name, arn }: Pick<Place, 'name' | 'arn'>, prefix: string): Place {
  // In a policy `*` and `?` stand for other characters, and `$` and `&` may begin a variable: cut there, the ARN covers
  // more than the prefix, and never less.
  const [plain = ''] = /^[^*?$&]*/.exec(prefix) ?? [];
  return { name, arn, prefix, objectsArn: `${arn}/${plain}*` };
}

/** Where images are uploaded to. */
export interface Uploads extends Place {
  /** Whether the bucket was there before the stack, so that only its owner knows if it keeps versions. */
  readonly existing: boolean;
  /**
   * Encryption of an existing bucket, where it has a key of its own.
   * @default - no permission is needed, or the key of the stack
   */
  readonly encryption?: { keyArn: string; region: string };
}

export function uploadsIn(
  bucket: Pick<Place, 'name' | 'arn'>,
  { region, uploads: { prefix, existingBucket, kmsKeyArn } }: UploadsSettings,
): Uploads {
  return {
    ...placeIn(bucket, prefix),
    existing: existingBucket !== undefined,
    ...(kmsKeyArn && { encryption: { keyArn: kmsKeyArn, region } }),
  };
}

interface UploadsSettings {
  readonly region: string;
  readonly uploads: {
    readonly prefix: string;
    readonly existingBucket?: string;
    readonly kmsKeyArn?: string;
  };
}
