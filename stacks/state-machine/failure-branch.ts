/** Takes a failure to the people who need to know. Whatever else fails on the way, the execution ends in Failed. */
import { detailOf } from '../../contract/messages/outcome-event';
import { FAILURE_FIELDS } from '../../contract/states';
import { type Announcements, announceFailure } from './announcements';
import type { Arns, FunctionTimeouts } from './arns';
import { functionTask, notNow, orElse, present, publishTask, sendTask, superseded } from './task-state';

/** The message for machines if Quarantine can't word one. */
const MESSAGE = {
  schema: 1,
  status: 'FAILED',
  consequence: 'UNKNOWN',
  'dedupeId.$': '$$.Execution.Id',
  source: {
    'bucket.$': '$.detail.bucket.name',
    'key.$': '$.detail.object.key',
    version: null,
    etag: null,
    sequencer: null,
  },
  error: { 'name.$': '$.error.Error', 'message.$': 'States.JsonToString($.error)' },
  quarantine: null,
  'note.$': "States.Format('Handling the failure failed: {}', States.JsonToString($.handlingError))",
  'execution.$': '$$.Execution.Id',
  'time.$': '$$.Execution.StartTime',
} as const;

/**
 * @param seconds that one attempt of a call without a function may take
 * @param events if failures are put on the event bus too
 */
export function failureBranch(
  arns: Arns,
  timeouts: FunctionTimeouts,
  seconds: number,
  events?: Announcements,
) {
  const fields = [...FAILURE_FIELDS, ...(events ? ['event'] : [])];
  return {
    Quarantine: {
      ...functionTask(
        arns.quarantine,
        timeouts.quarantine,
        'failure',
        'Keeps a copy of the original with the reason.',
      ),
      Catch: [superseded, notNow('$.handlingError'), orElse('DescribeFailure', '$.handlingError')],
      Next: 'CheckAnswer',
    },
    CheckAnswer: {
      Type: 'Choice',
      Comment:
        'NotifyFailure reads these paths. If one were missing, the execution would end, and no Catch catches that.',
      Choices: [
        {
          And: fields.map((field) => present(`$.failure.${field}`)),
          Next: 'NotifyFailure',
        },
      ],
      Default: 'RejectAnswer',
    },
    RejectAnswer: {
      Type: 'Pass',
      Comment: 'Every function checks its own answer, so this one was damaged on the way.',
      Result: {
        Error: 'InvalidAnswer',
        Cause: 'Quarantine ran, but its answer does not describe the failure.',
      },
      ResultPath: '$.handlingError',
      Next: 'DescribeFailure',
    },
    DescribeFailure: {
      Type: 'Pass',
      Comment: 'Handling the failure failed too: put what is known into words without a function.',
      Parameters: {
        schema: 1,
        'error.$': '$.error.Error',
        prefix: '/',
        'text.$':
          "States.Format('Something failed with s3://{}/{}: {} Handling that failed too, so there may be no copy of the original, and the record may not say FAILED: {} Execution: {}', $.detail.bucket.name, $.detail.object.key, States.JsonToString($.error), States.JsonToString($.handlingError), $$.Execution.Id)",
        message: MESSAGE,
        ...(events && { event: detailOf(MESSAGE, events.namePrefix) }),
      },
      ResultPath: '$.failure',
      Next: 'NotifyFailure',
    },
    NotifyFailure: {
      Comment: 'Publishes straight to SNS, because it has to work when Lambda does not.',
      ...publishTask(
        {
          TopicArn: arns.errorTopic,
          Subject: 'Thumbnail workflow: an image failed',
          MessageStructure: 'json',
          Message: { 'default.$': 'States.JsonToString($.failure.message)', 'email.$': '$.failure.text' },
          MessageAttributes: {
            status: { DataType: 'String', StringValue: 'FAILED' },
            error: { DataType: 'String', 'StringValue.$': '$.failure.error' },
            prefix: { DataType: 'String', 'StringValue.$': '$.failure.prefix' },
          },
        },
        seconds,
      ),
      Catch: [orElse('QueueFailure', '$.notificationError')],
      Next: events ? 'AnnounceFailure' : 'Failed',
    },
    ...(events && announceFailure()),
    QueueFailure: {
      Comment: 'The topic cannot be reached. The message waits in the failure queue, so nothing is lost.',
      ...sendTask(
        {
          QueueUrl: arns.failureQueue,
          MessageBody: { 'failure.$': '$.failure.message', 'event.$': '$$.Execution.Input' },
        },
        seconds,
      ),
      Catch: [orElse('Failed', '$.queueError')],
      Next: 'Failed',
    },
    Failed: { Type: 'Fail', Error: 'ThumbnailWorkflowFailed', CausePath: '$.failure.text' },
  };
}
