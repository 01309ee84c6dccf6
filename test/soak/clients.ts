import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { USER_CREDENTIALS } from '../../local-aws';

/** What the soak needs to know of an engine that runs. */
export interface Running {
  endpoint: string;
  outputs: Record<string, unknown>;
}

export interface Clients {
  s3: S3Client;
  dynamodb: DynamoDBClient;
  /** Names of the stack's buckets and of its table. */
  uploads: string;
  thumbnails: string;
  table: string;
}

/** @param clock milliseconds by which the engine's clock is ahead of this process's, for signatures */
export function clientsOf({ endpoint, outputs }: Running, clock = 0): Clients {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: USER_CREDENTIALS,
    systemClockOffset: clock,
    maxAttempts: 1,
  };
  return {
    s3: new S3Client(config),
    dynamodb: new DynamoDBClient(config),
    uploads: String(outputs['uploads_bucket']),
    thumbnails: String(outputs['thumbnails_bucket']),
    table: String(outputs['records_table']),
  };
}
