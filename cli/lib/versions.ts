/** Versions and delete markers of objects: lists them all and removes them for good, saying of each why it could not be. */
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3';
import { printable } from '../../contract/text';

/** A version of an object, or a delete marker. In a bucket without versions, each object has the version `null`. */
export interface Version {
  bucket: string;
  key: string;
  id: string;
  isMarker: boolean;
  /** Whether it is what a plain GET finds. */
  isLatest: boolean;
  modified: Date;
}

/** Something that could not be erased. */
export interface Left {
  what: string;
  why: string;
}

/** The most versions that one call removes. */
const BATCH = 1_000;

/**
 * Every version whose key begins with a prefix, by key; those of a key in no order.
 *
 * @param delimiter leaves out keys with another one of it after the prefix
 */
export async function* versionsUnder(
  s3: S3Client,
  Bucket: string,
  Prefix: string,
  Delimiter?: string,
): AsyncGenerator<Version[], void> {
  let next: Pick<ListObjectVersionsCommandOutput, 'NextKeyMarker' | 'NextVersionIdMarker'> = {};
  do {
    // Keys may hold characters that XML cannot.
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({
        Bucket,
        Prefix,
        Delimiter,
        EncodingType: 'url',
        KeyMarker: next.NextKeyMarker && decoded(next.NextKeyMarker),
        VersionIdMarker: next.NextVersionIdMarker,
      }),
    );
    const { Versions = [], DeleteMarkers = [] } = page;
    yield [
      ...Versions.map((each) => version(Bucket, each, false)),
      ...DeleteMarkers.map((each) => version(Bucket, each, true)),
    ];
    next = page.IsTruncated ? page : {};
  } while (next.NextKeyMarker);
}

/** Every version of exactly this key. Keys that begin with it come after it. */
export async function versionsOf(s3: S3Client, bucket: string, key: string): Promise<Version[]> {
  const found: Version[] = [];
  for await (const page of versionsUnder(s3, bucket, key)) {
    found.push(...page.filter((each) => each.key === key));
    if (page.some((each) => each.key !== key)) break;
  }
  return found;
}

/** Removes versions for good. @returns those that are still there; a version that was gone already is none of them */
export async function removeVersions(s3: S3Client, versions: readonly Version[]): Promise<Left[]> {
  const left: Left[] = [];
  for (const bucket of new Set(versions.map((each) => each.bucket))) {
    const all = versions.filter((each) => each.bucket === bucket);
    const inXml = all.filter(({ key }) => !BEYOND_XML.test(key));
    for (let start = 0; start < inXml.length; start += BATCH) {
      left.push(...(await removeBatch(s3, bucket, inXml.slice(start, start + BATCH))));
    }
    for (const each of all.filter(({ key }) => BEYOND_XML.test(key))) {
      left.push(...(await removeOne(s3, each)));
    }
  }
  return left;
}

/** Characters that the document of DeleteObjects can't carry, or that a parser of XML changes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const BEYOND_XML = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/;

async function removeBatch(s3: S3Client, Bucket: string, batch: Version[]): Promise<Left[]> {
  const Objects = batch.map(({ key, id }) => ({ Key: key, VersionId: id }));
  try {
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    // The answer is a 200 even if nothing could be removed.
    return Errors.filter(({ Code }) => !isGone(Code)).map(({ Key, VersionId, Code, Message }) => ({
      what: nameOf({ bucket: Bucket, key: String(Key), id: String(VersionId) }),
      why: whyKept(Code ?? 'Unknown', Message ?? ''),
    }));
  } catch (error) {
    return batch.map((each) => ({ what: nameOf(each), why: (error as Error).message }));
  }
}

async function removeOne(s3: S3Client, each: Version): Promise<Left[]> {
  try {
    await s3.send(new DeleteObjectCommand({ Bucket: each.bucket, Key: each.key, VersionId: each.id }));
    return [];
  } catch (error) {
    const { name, message } = error as Error;
    return isGone(name) ? [] : [{ what: nameOf(each), why: lockOf(message) ?? message }];
  }
}

const isGone = (code: string | undefined) => code === 'NoSuchKey' || code === 'NoSuchVersion';

export const nameOf = ({ bucket, key, id }: Pick<Version, 'bucket' | 'key' | 'id'>): string =>
  `${id === 'null' ? '' : `version ${id} of `}s3://${bucket}/${printable(key)}`;

function whyKept(code: string, message: string): string {
  const denied = /AccessDenied/.test(code) ? ' It needs s3:DeleteObjectVersion.' : '';
  return lockOf(message) ?? `${code}: ${message.replace(/\.?$/, '.')}${denied}`;
}

/** What S3 says of versions that nobody may remove, or only somebody else. */
function lockOf(message: string): string | undefined {
  if (/object lock/i.test(message)) {
    return `S3 Object Lock keeps it, by a retention period or a legal hold (${message}). "aws s3api get-object-retention" and "get-object-legal-hold" say until when and by whom.`;
  }
  if (/\bmfa\b/i.test(message)) {
    return `The bucket asks for MFA to remove versions (${message}): only the account's root user can, with its device.`;
  }
  return undefined;
}

function version(
  bucket: string,
  {
    Key,
    VersionId,
    IsLatest,
    LastModified,
  }: Pick<ObjectVersion, 'Key' | 'VersionId' | 'IsLatest' | 'LastModified'>,
  isMarker: boolean,
): Version {
  return {
    bucket,
    key: decoded(Key as string),
    id: VersionId ?? 'null',
    isMarker,
    isLatest: IsLatest === true,
    modified: LastModified as Date,
  };
}

const decoded = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
