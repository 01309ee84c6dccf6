import { HeadObjectCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { BATCH } from '../lib/aws/connect';
import type { Records } from '../lib/records';
import type { Target } from '../lib/target';
import { outcomeOf } from './outcome';
import type { CurrentVersion, ReplayPorts } from './replay';

/** An execution may take up to five minutes, the limit of an Express workflow, and takes long if it takes one. */
const EXECUTION = { ...BATCH, requestTimeout: 305_000, noteEvery: 60_000 };

/** Ports that work on a deployed stack. */
export function portsOf({ outputs, connect }: Target, records: Records): ReplayPorts {
  const s3 = connect(S3Client, BATCH);
  const states = connect(SFNClient, EXECUTION);
  const stateMachineArn = outputs['state_machine_arn'] as string;
  const [, , , region = '', account = ''] = stateMachineArn.split(':');
  return {
    origin: { account, region },
    find: (key) => records.find(key),
    current: (object) => currentVersion(s3, object),
    async run(event) {
      const input = JSON.stringify(event);
      return outcomeOf(await states.send(new StartSyncExecutionCommand({ stateMachineArn, input })));
    },
  };
}

/** @returns null when there is no object, or a delete marker */
export async function currentVersion(
  s3: S3Client,
  { bucket, key }: { bucket: string; key: string },
): Promise<CurrentVersion | null> {
  try {
    const found = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return {
      version: found.VersionId ?? null,
      etag: (found.ETag as string).replaceAll('"', ''),
      size: found.ContentLength as number,
    };
  } catch (error) {
    if ((error as S3ServiceException).$metadata?.httpStatusCode === 404) return null;
    throw error;
  }
}
