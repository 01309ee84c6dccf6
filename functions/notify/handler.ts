import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as environment from '../shared/environment';
import { markNotified } from '../shared/record';
import { Records } from '../shared/records';
import { clientConfig, task } from '../shared/task';
import { notify } from './notify';

const sns = new SNSClient(clientConfig);
const records = new Records(environment.text('TABLE_NAME'));
const TopicArn = environment.text('TOPIC_ARN');

export const handler = task<'image' | 'thumbnails' | 'record'>((input) =>
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
    },
    new Date(),
  ),
);
