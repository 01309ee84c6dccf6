/** Takes a failure to the people who need to know. Whatever else fails on the way, the execution ends in Failed. */
import { RUNBOOK } from '../../contract/messages/links';
import { detailOf } from '../../contract/messages/outcome-event';
import { FAILURE_FIELDS } from '../../contract/states';
import { announceFailure, type News } from './announcements';
import type { Arns, FunctionTimeouts } from './arns';
import { afterFailure } from './backfill-branch';
import { functionTask, notNow, orElse, present, publishTask, sendTask, superseded } from './task-state';

/** Of the mail if Quarantine can't word one. The name of the file is left out, since only a function can make it safe. */
const SUBJECT = 'An image failed, and handling that too';

/**
 * The text of that mail, on one line. The key, which may hold anything, is in Base64, and of the errors there are only the names:
 * their causes may quote the key, and hold stack traces.
 */
const textFor = (runbook: string) =>
  `States.Format('An image of the bucket {} failed: {}. Handling that failed too: {}. So there may be no copy of the original, and its record may not say FAILED. Execution: {} . Runbook: ${runbook}#errors-quarantine . Fix the cause first, then run: npm run replay -- --key-base64={}', $.detail.bucket.name, $.error.Error, $.handlingError.Error, $$.Execution.Id, States.Base64Encode($.detail.object.key))`;

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
  error: { 'name.$': '$.error.Error', message: 'Handling the failure failed too. The execution says why.' },
  quarantine: null,
  'note.$': "States.Format('Handling the failure failed: {}', $.handlingError.Error)",
  'execution.$': '$$.Execution.Id',
  'time.$': '$$.Execution.StartTime',
} as const;

/** @param seconds that one attempt of a call without a function may take */
export function failureBranch(
  arns: Arns,
  timeouts: FunctionTimeouts,
  seconds: number,
  { events, backfill, runbook = RUNBOOK }: News,
) {
  const handled = backfill ? 'CheckOriginOfFailure' : 'NotifyFailure';
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
          Next: handled,
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
        subject: SUBJECT,
        'text.$': textFor(runbook),
        message: MESSAGE,
        ...(events && { event: detailOf(MESSAGE, events.namePrefix) }),
      },
      ResultPath: '$.failure',
      Next: handled,
    },
    ...(backfill && afterFailure()),
    NotifyFailure: {
      Comment: 'Publishes straight to SNS, because it has to work when Lambda does not.',
      ...publishTask(
        {
          TopicArn: arns.errorTopic,
          'Subject.$': '$.failure.subject',
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
