import { only, readable, synthesize } from '../synthesized';

const stack = readable(synthesize());

test('stuck records are counted every five minutes, by a function that nothing else may invoke', () => {
  expect(only(stack.resource['aws_cloudwatch_event_rule'], 'monitoring_watch')).toEqual({
    name: 'thumbnail-workflow-watch',
    description: expect.any(String),
    schedule_expression: 'rate(5 minutes)',
  });
  expect(only(stack.resource['aws_cloudwatch_event_target'], 'monitoring_watch')).toEqual({
    rule: '<monitoring_watch_rule.name>',
    target_id: 'function',
    arn: '<watch-function.arn>',
    depends_on: [expect.stringMatching(/^aws_lambda_permission\.monitoring_watch_permission_/)],
  });
  expect(only(stack.resource['aws_lambda_permission'])).toEqual({
    statement_id: 'OnlyTheSchedule',
    action: 'lambda:InvokeFunction',
    function_name: '<watch-function.function_name>',
    principal: 'events.amazonaws.com',
    source_arn: '<monitoring_watch_rule.arn>',
    source_account: '<account.account_id>',
  });
});
