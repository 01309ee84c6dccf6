/**
 * Writes what became of the children to S3, as the ResultWriter does: a manifest, and a file for each status.
 * docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Child, Journal } from './journal';

export interface Destination {
  Bucket: string;
  Prefix?: string;
}

const seconds = (milliseconds: number) => new Date(milliseconds).toISOString();

/** Finds out whether the results can be written, before anything is done that they would be of. */
export async function checkDestination(s3: S3Client, { Bucket }: Destination, key: string): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: key }));
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId }));
}

/** @returns the folder of a Map Run, with a slash at its end */
export const folderIn = ({ Prefix = '' }: Destination, id: string): string =>
  `${Prefix === '' || Prefix.endsWith('/') ? Prefix : `${Prefix}/`}${id}/`;

/** @returns where the manifest is */
export async function writeResults(
  s3: S3Client,
  destination: Destination,
  { run, children }: Journal,
  inputOf: (child: Child) => unknown,
  stateMachineArn: string,
): Promise<{ Bucket: string; Key: string }> {
  const { Bucket } = destination;
  const folder = folderIn(destination, run.id);
  const files: Record<string, { Key: string; Size: number }[]> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (const status of Object.keys(files)) {
    const entries = children
      .filter((child) => groupOf(child) === status)
      .map((child) => entryOf(child, inputOf(child), stateMachineArn));
    if (entries.length === 0) continue;
    const Key = `${folder}${status}_0.json`;
    files[status]!.push({ Key, Size: await upload(s3, Bucket, Key, JSON.stringify(entries)) });
  }
  const Key = `${folder}manifest.json`;
  const manifest = { DestinationBucket: Bucket, MapRunArn: run.mapRunArn, ResultFiles: files };
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(manifest) }));
  return { Bucket, Key };
}

function groupOf({ status }: Child): string {
  if (status === 'SUCCEEDED' || status === 'PENDING') return status;
  return 'FAILED';
}

function entryOf({ status, ended }: Child, input: unknown, stateMachineArn: string): object {
  const { executionArn, name, startDate, stopDate, output, error, cause } = ended ?? {};
  return {
    ...(executionArn && { ExecutionArn: executionArn, Name: name, StateMachineArn: stateMachineArn }),
    Input: JSON.stringify(input),
    InputDetails: { Included: true },
    ...(output !== undefined && { Output: output, OutputDetails: { Included: true } }),
    ...(error && { Error: error }),
    ...(cause && { Cause: cause }),
    ...(startDate && { StartDate: seconds(startDate) }),
    ...(stopDate && { StopDate: seconds(stopDate) }),
    Status: status,
  };
}

/** In parts, as Step Functions does: a report may be large. @returns its bytes, as S3 has them */
async function upload(s3: S3Client, Bucket: string, Key: string, text: string): Promise<number> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: text }));
  const { Parts = [] } = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
  const parts = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  await s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }),
  );
  const { ContentLength = 0 } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  return ContentLength;
}
