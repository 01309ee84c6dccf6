/** Compares what an engine has after a busy day with what it acknowledged. */

import { paginateScan } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand, ListObjectVersionsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ImageRecord } from '../../../contract/record';
import { REFUSED } from '../../order/contents';
import type { Clients } from '../clients';
import type { Acknowledged, Ledger } from './ledger';
import { messagesIn } from './messages';

export interface Findings {
  /** What is wrong; empty if nothing is. */
  problems: string[];
  /** Mails and messages that came again: the same outcome of the same version. */
  extra: number;
  /** Images that failed because of a fault of the day. Each is recorded and was reported. */
  failedByFaults: number;
  /** Images whose run wrote DONE and then failed by a fault. That was reported, but not that they are DONE. */
  reportedAsFailed: number;
  thumbnails: number;
}

export async function check(clients: Clients, ledger: Ledger, dataDir: string): Promise<Findings> {
  const current = await currentVersions(clients);
  const records = await recordsOf(clients);
  const messages = messagesIn(dataDir);
  const told = new Set(messages.map(({ status, source }) => `${status} ${source.key} ${source.version}`));
  const problems: string[] = [];
  const expected = new Map<string, string>();
  let failedByFaults = 0;
  let reportedAsFailed = 0;

  for (const [key, acknowledged] of ledger.keys) {
    const { content, version } = acknowledged;
    if (current.get(key) !== version) {
      problems.push(`${key}: version ${version} was acknowledged, and S3 has ${current.get(key)}`);
    }
    const record = records.get(key);
    const wrong = wrongIn(record, acknowledged);
    if (wrong) problems.push(`${key}: ${wrong}`);
    if (!record || content === null || wrong) continue;
    if (!told.has(`${record.status} ${key} ${version}`)) {
      if (record.status === 'DONE' && told.has(`FAILED ${key} ${version}`)) reportedAsFailed++;
      else problems.push(`${key}: nobody was told ${record.status}`);
    }
    if (record.status === 'FAILED' && record.error?.name !== REFUSED[content]) failedByFaults++;
    for (const thumbnail of record.thumbnails ?? []) expected.set(thumbnail.key, version);
  }
  problems.push(...(await wrongThumbnails(clients, expected)));
  const outcomes = new Set(messages.map(({ dedupeId }) => dedupeId));
  return {
    problems,
    extra: messages.length - outcomes.size,
    failedByFaults,
    reportedAsFailed,
    thumbnails: expected.size,
  };
}

function wrongIn(record: ImageRecord | undefined, { content, version }: Acknowledged): string | undefined {
  if (!record) return 'no record';
  const { status, error } = record;
  if (content === null) return status === 'DELETED' ? undefined : `deleted, and its record is ${status}`;
  if (record.version !== version)
    return `version ${version} was acknowledged, and the record has ${record.version}`;
  if (status === 'DONE') return REFUSED[content] ? 'DONE, though it is no image' : undefined;
  if (status === 'FAILED' && error) return undefined;
  return `its record is ${status}`;
}

/** The version id of what is current for each key: an object or a delete marker. */
async function currentVersions({ s3, uploads }: Clients): Promise<Map<string, string>> {
  const current = new Map<string, string>();
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectVersionsCommand({ Bucket: uploads, KeyMarker, VersionIdMarker }),
    );
    for (const { Key, VersionId, IsLatest } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
      if (IsLatest) current.set(Key as string, VersionId as string);
    }
    ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
  } while (KeyMarker);
  return current;
}

async function recordsOf({ dynamodb, table }: Clients): Promise<Map<string, ImageRecord>> {
  const records = new Map<string, ImageRecord>();
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: table })) {
    for (const item of Items) {
      const record = unmarshall(item) as ImageRecord;
      if (record.key) records.set(record.key, record);
    }
  }
  return records;
}

/** Thumbnails that are missing, are of another version, or should be gone. @param expected the version of each key's source */
async function wrongThumbnails(
  { s3, thumbnails: Bucket }: Clients,
  expected: Map<string, string>,
): Promise<string[]> {
  const problems: string[] = [];
  const left = new Map(expected);
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    for (const { Key } of Contents) {
      const key = Key as string;
      const version = left.get(key);
      left.delete(key);
      const { Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket, Key: key }));
      if (version === undefined) problems.push(`${key}: a thumbnail that no record has`);
      else if (Metadata['source-version'] !== version) {
        problems.push(`${key}: of version ${Metadata['source-version']} rather than ${version}`);
      }
    }
  }
  for (const key of left.keys()) problems.push(`${key}: in a record, but there is no such thumbnail`);
  return problems;
}
