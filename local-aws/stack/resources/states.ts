import { arn, type ResourceTypes } from './type';

const stateMachineArn = arn('states', (get) => `stateMachine:${get('name')}`);

export const STATES: ResourceTypes = {
  aws_sfn_state_machine: {
    arguments: [
      'name',
      'type',
      'role_arn',
      'definition',
      'logging_configuration',
      'tracing_configuration',
      'publish',
    ],
    attributes: { id: stateMachineArn, arn: stateMachineArn },
  },
};
