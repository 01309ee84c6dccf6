/** From a failure to the people who are told of it. However much fails on the way, the execution ends in Failed. */
import type { Arns, FunctionTimeouts } from './definition';
import { functionTask, orElse, present, publishTask, sendTask, superseded, throttled } from './task-state';

export function failureBranch(arns: Arns, timeouts: FunctionTimeouts) {
  return {
    Quarantine: {
      ...functionTask(arns.quarantine, timeouts.quarantine, 'failure', 'Keep the original with its reason.'),
      Catch: [superseded, throttled('$.handlingError'), orElse('DescribeFailure', '$.handlingError')],
      Next: 'IsItWorded',
    },
    IsItWorded: {
      Type: 'Choice',
      Comment: 'A path that leads nowhere would end the execution without any Catch.',
      Choices: [
        {
          And: ['text', 'message', 'error', 'prefix'].map((key) => present(`$.failure.${key}`)),
          Next: 'NotifyFailure',
        },
      ],
      Default: 'NotWorded',
    },
    NotWorded: {
      Type: 'Pass',
      Result: {
        Error: 'InvalidAnswer',
        Cause: 'Quarantine ran, and answered something else than a failure.',
      },
      ResultPath: '$.handlingError',
      Next: 'DescribeFailure',
    },
    DescribeFailure: {
      Type: 'Pass',
      Comment: 'What handles a failure has failed itself: say so, and tell what is known.',
      Parameters: {
        schema: 1,
        'error.$': '$.error.Error',
        prefix: '/',
        'text.$':
          "States.Format('Something failed with s3://{}/{}: {} Handling that failed too, so there may be no copy of the original, and the record may not say FAILED: {} Execution: {}', $.detail.bucket.name, $.detail.object.key, States.JsonToString($.error), States.JsonToString($.handlingError), $$.Execution.Id)",
        message: {
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
        },
      },
      ResultPath: '$.failure',
      Next: 'NotifyFailure',
    },
    NotifyFailure: {
      Comment: 'Straight to SNS: it must work when Lambda is what is failing.',
      ...publishTask({
        TopicArn: arns.errorTopic,
        Subject: 'Thumbnail workflow: an image failed',
        MessageStructure: 'json',
        Message: { 'default.$': 'States.JsonToString($.failure.message)', 'email.$': '$.failure.text' },
        MessageAttributes: {
          status: { DataType: 'String', StringValue: 'FAILED' },
          error: { DataType: 'String', 'StringValue.$': '$.failure.error' },
          prefix: { DataType: 'String', 'StringValue.$': '$.failure.prefix' },
        },
      }),
      Catch: [orElse('KeepFailure', '$.notificationError')],
      Next: 'Failed',
    },
    KeepFailure: {
      Comment: 'The topic cannot be reached: nothing is lost, the message waits in the failure queue.',
      ...sendTask({
        QueueUrl: arns.failureQueue,
        MessageBody: { 'failure.$': '$.failure.message', 'event.$': '$$.Execution.Input' },
      }),
      Catch: [orElse('Failed', '$.queueError')],
      Next: 'Failed',
    },
    Failed: { Type: 'Fail', Error: 'ThumbnailWorkflowFailed', CausePath: '$.failure.text' },
  };
}
