import { uploadPattern } from '../../stacks/upload-rule/pattern';
import { only, readable, synthesize } from './synthesized';

const pattern = (prefix: string, suffixes: string[]) => uploadPattern('bucket', { prefix, suffixes });

describe('the event pattern', () => {
  test('matches a created object of the bucket that is not empty and ends in a suffix in any letter case', () => {
    expect(pattern('', ['jpg', 'png'])).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: ['bucket'] },
        object: {
          key: [{ suffix: { 'equals-ignore-case': '.jpg' } }, { suffix: { 'equals-ignore-case': '.png' } }],
          size: [{ numeric: ['>', 0] }],
        },
      },
    });
  });

  test('asks for prefix and suffix together by wildcard, in three letter cases', () => {
    expect(pattern('photos/', ['jpg']).detail.object.key).toEqual([
      { wildcard: 'photos/*.jpg' },
      { wildcard: 'photos/*.JPG' },
      { wildcard: 'photos/*.Jpg' },
    ]);
  });

  test('asks once where letter cases are the same', () => {
    expect(pattern('x', ['7']).detail.object.key).toEqual([{ wildcard: 'x*.7' }]);
  });

  test('takes * and \\ of a prefix literally', () => {
    expect(pattern('a*b\\c/', ['png']).detail.object.key[0]).toEqual({ wildcard: 'a\\*b\\\\c/*.png' });
  });
});

describe('the rule', () => {
  const { resource } = synthesize();
  const block = (type: string) => only(readable(resource[type]!));

  test('listens to the upload bucket', () => {
    expect(JSON.parse(block('aws_cloudwatch_event_rule')['event_pattern'])).toEqual(
      uploadPattern('<uploads-bucket.bucket>', {
        prefix: '',
        suffixes: ['jpg', 'jpeg', 'png', 'webp', 'gif', 'heic', 'heif', 'avif', 'tif', 'tiff', 'bmp', 'svg'],
      }),
    );
  });

  test('starts the state machine by its role, tries for 24 hours, and then keeps the event in the queue', () => {
    expect(block('aws_cloudwatch_event_target')).toEqual({
      rule: '<upload-rule.name>',
      target_id: 'state-machine',
      arn: '<state-machine.arn>',
      role_arn: '<upload-rule_role.arn>',
      retry_policy: { maximum_event_age_in_seconds: 86_400, maximum_retry_attempts: 185 },
      dead_letter_config: { arn: '<upload-rule_dead-letter-queue.arn>' },
      depends_on: [
        expect.stringContaining('upload-rule_role_policy'),
        expect.stringContaining('dead-letter-policy'),
      ],
    });
  });

  test('has a queue that keeps events for 14 days, encrypted, and that it may send to', () => {
    expect(block('aws_sqs_queue')).toEqual({
      name: 'thumbnail-workflow-dead-letters',
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
    expect(block('aws_sqs_queue_policy')).toEqual({
      queue_url: '<upload-rule_dead-letter-queue.url>',
      policy: '<upload-rule_dead-letter-access.json>',
    });
  });
});
