import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { TaskInput } from '../../contract/states';
import { Records } from '../lib/records/records';
import { markNotified } from '../lib/records/updates';
import { announcerFrom } from '../lib/runtime/announcer';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { rehearse } from '../lib/runtime/rehearse';
import { task } from '../lib/runtime/task';
import { notify } from './notify';

declare module '../../contract/environment' {
  interface Environments {
    notify: TableEnvironment & EventsEnvironment & { TOPIC_ARN: string; PRIVATE_URLS?: string };
  }
}

const environment = environmentOf<'notify'>();
const sns = new SNSClient(clientConfig());
const records = new Records(environment.text('TABLE_NAME'));
const TopicArn = environment.text('TOPIC_ARN');
rehearse(sns, new PublishCommand({ TopicArn, Message: 'rehearsal' }));
const announce = announcerFrom(environment);
const opensUrls = environment.optional('PRIVATE_URLS') === '';

export const handler = task(
  'notification',
  ['messageId'],
  (input: TaskInput<'image' | 'thumbnails' | 'record'>) =>
    notify(
      input,
      {
        publish: async (publication) => {
          const { MessageId } = await sns.send(new PublishCommand({ TopicArn, ...publication }));
          return MessageId as string;
        },
        markNotified: async () => {
          await records.apply(markNotified(input.state.image.source));
        },
        announce,
        opensUrls,
      },
      new Date(),
    ),
);
