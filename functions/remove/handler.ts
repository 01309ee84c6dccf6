import { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { json } from '../../contract/messages/parts';
import type { TaskInput } from '../../contract/states';
import { Records } from '../lib/records/records';
import { announcerFrom } from '../lib/runtime/announcer';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { task } from '../lib/runtime/task';
import { thumbnailBucketFrom } from '../lib/storage/thumbnail-bucket';
import { currentVersion } from '../lib/storage/uploads';
import { remove } from './remove';

declare module '../../contract/environment' {
  interface Environments {
    remove: TableEnvironment &
      ThumbnailsEnvironment &
      EventsEnvironment & { TOMBSTONE_DAYS: string; QUEUE_URL: string };
  }
}

const environment = environmentOf<'remove'>();
const s3 = new S3Client(clientConfig());
const sqs = new SQSClient(clientConfig());
const records = new Records(environment.text('TABLE_NAME'));
const thumbnails = thumbnailBucketFrom(environment, s3);
const QueueUrl = environment.text('QUEUE_URL');
const announce = announcerFrom(environment);
const settings = { tombstoneDays: environment.count('TOMBSTONE_DAYS') };

export const handler = task('removal', ['outcome'], (input: TaskInput) =>
  remove(
    input,
    settings,
    {
      current: (object) => currentVersion(s3, object),
      record: (object) => records.find(object),
      apply: (update) => records.apply(update),
      removeUpTo: (sequencer, key) => thumbnails.removeUpTo(sequencer, key),
      queue: async (event) => {
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: json(event) }));
      },
      announce,
    },
    new Date(),
  ),
);
