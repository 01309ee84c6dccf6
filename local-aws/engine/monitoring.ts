import { steadyNow } from '../clock';
import { type CloudWatch, createCloudWatch, type StateChange } from '../cloudwatch';
import { queueSamples } from '../cloudwatch/services';
import type { Sns } from '../sns';
import type { Sqs } from '../sqs';
import type { Context } from './context';

const CLOUDWATCH = 'cloudwatch.amazonaws.com';

export function openCloudWatch(
  { stack, principals, faults, log, shutdown }: Context,
  { sns, sqs, onAlarm }: { sns: Sns; sqs: Sqs; onAlarm?: (change: StateChange) => void },
): CloudWatch {
  const cloudwatch = createCloudWatch({
    alarms: stack.alarms,
    publish: (input, alarm) => faults.call(() => sns.publish(input, principals.service(CLOUDWATCH, alarm))),
    sample: (now) =>
      queueSamples(stack.queues, (queue) => sqs.measure(queue, now + steadyNow() - Date.now())),
    onAlarm,
    log,
  });
  shutdown.on('cloudwatch', () => cloudwatch.close());
  return cloudwatch;
}
