import { arn, type ResourceTypes, same } from './type';

export const EVENTS: ResourceTypes = {
  aws_cloudwatch_event_rule: {
    arguments: ['name', 'description', 'event_pattern', 'schedule_expression', 'state'],
    attributes: { id: same('name'), arn: arn('events', (get) => `rule/${get('name')}`) },
  },
  aws_cloudwatch_event_target: {
    arguments: ['rule', 'target_id', 'arn', 'role_arn', 'dead_letter_config', 'retry_policy'],
  },
};
