import { arn, type ResourceTypes, same } from './type';

export const CLOUDWATCH: ResourceTypes = {
  aws_cloudwatch_log_group: {
    noEffect: 'logs are written by the functions and the execution history',
    attributes: { id: same('name'), arn: arn('logs', (get) => `log-group:${get('name')}`) },
  },
  aws_cloudwatch_metric_alarm: {
    arguments: [
      'alarm_name',
      'alarm_description',
      'namespace',
      'metric_name',
      'dimensions',
      'statistic',
      'period',
      'metric_query',
      'comparison_operator',
      'threshold',
      'evaluation_periods',
      'datapoints_to_alarm',
      'treat_missing_data',
      'alarm_actions',
      'ok_actions',
      'insufficient_data_actions',
      'actions_enabled',
    ],
    attributes: { id: same('alarm_name'), arn: arn('cloudwatch', (get) => `alarm:${get('alarm_name')}`) },
  },
  aws_cloudwatch_dashboard: { noEffect: 'there is no console to show it' },
};
