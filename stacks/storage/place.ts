/** The objects in a bucket whose keys begin with a prefix. A function that works on them may access no others. */
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
  // In a policy, `*` and `?` stand for other characters, and `$` and `&` may begin a variable. The ARN ends before the first
  // of them, so it may cover more than the prefix, but never less.
  const [plain = ''] = /^[^*?$&]*/.exec(prefix) ?? [];
  return { name, arn, prefix, objectsArn: `${arn}/${plain}*` };
}

/** Where images are uploaded to. */
export interface Uploads extends Place {
  /**
   * The key of an existing bucket that is encrypted with one of its own.
   * @default - the bucket needs no key, or has the key of the stack
   */
  readonly encryption?: { keyArn: string; region: string };
}

export function uploadsIn(
  bucket: Pick<Place, 'name' | 'arn'>,
  { region, uploads: { prefix, kmsKeyArn } }: UploadsSettings,
): Uploads {
  return {
    ...placeIn(bucket, prefix),
    ...(kmsKeyArn && { encryption: { keyArn: kmsKeyArn, region } }),
  };
}

interface UploadsSettings {
  readonly region: string;
  readonly uploads: {
    readonly prefix: string;
    readonly kmsKeyArn?: string;
  };
}
