/** What in a synthesized stack has a price. */
import path from 'node:path';
import { type Configuration, type Resource, referred, resources } from '../lib/configuration';

export interface Variant {
  width?: number;
  height?: number;
  format: 'same' | 'jpeg' | 'webp' | 'avif' | 'png' | 'gif';
  /** Has the frames of an animation. */
  animated?: boolean;
  /** Made on its first request. */
  lazy?: boolean;
}

export interface Preset {
  name: string;
  variants: Variant[];
  /** Whether placeholders are made of each image, so that it is decoded even if every variant is lazy. */
  placeholders?: boolean;
  /** What is taken from each image's EXIF. */
  exif?: string[];
}

export interface PricedStack {
  region: string;
  presets: Preset[];
  /** Greatest width × height that is accepted. */
  maxPixels: number;
  acceptsHeic: boolean;
  /** Memory in MB by function, as `store-metadata`. */
  memoryMb: Record<string, number>;
  /** Instances that are kept warm. */
  provisioned: { memoryMb: number; instances: number }[];
  /** Email addresses by topic. */
  emails: { processed: number; errors: number };
  /** Whether each outcome is an event on the event bus. */
  events: boolean;
  logs: { executionData: boolean; retentionDays: number };
  tracing: boolean;
  pointInTimeRecovery: boolean;
  /** Customer-managed keys. */
  keys: number;
  /** Metrics that alarms watch. */
  alarmMetrics: number;
  dashboards: number;
  /** Whether CloudFront delivers the thumbnails. */
  delivery: boolean;
  /** Whether uploads are by the API. */
  api: boolean;
  /** Whether objects that aren't named like images start executions too: if the uploads have a prefix. */
  othersStart: boolean;
  /** Where originals move to. */
  transition?: { storageClass: 'STANDARD_IA' | 'INTELLIGENT_TIERING'; afterDays: number };
}

export function pricedStack(configuration: Configuration): PricedStack {
  const all = (type: string) => resources(configuration, type);
  const one = (type: string) => all(type)[0]![1];
  const functions = new Map(all('aws_lambda_function').map(([name, lambda]) => [name, lambda]));
  const byPackage = new Map([...functions.values()].map((lambda) => [packageName(lambda), lambda]));
  const environment = (byPackage.get('thumbnail')!['environment'] as { variables: Record<string, string> })
    .variables;
  // The machine of backfills is STANDARD, and costs nothing until one runs.
  const machine = all('aws_sfn_state_machine').find(([, { type }]) => type !== 'STANDARD')![1];
  const states = JSON.parse(String(machine['definition'])).States as object;
  return {
    region: configuration.provider.aws[0]!.region,
    presets: JSON.parse(environment['PRESETS']!) as Preset[],
    maxPixels: Number(environment['MAX_PIXELS']),
    acceptsHeic: environment['ACCEPTED_FORMATS']!.split(',').includes('heic'),
    memoryMb: Object.fromEntries(
      [...byPackage].map(([name, lambda]) => [name, lambda['memory_size'] as number]),
    ),
    provisioned: all('aws_lambda_provisioned_concurrency_config').map(([, config]) => ({
      memoryMb: functions.get(referred(config['function_name'])!)!['memory_size'] as number,
      instances: config['provisioned_concurrent_executions'] as number,
    })),
    emails: { processed: addresses(configuration, 'processed'), errors: addresses(configuration, 'errors') },
    events: 'AnnounceReady' in states,
    logs: {
      executionData: (machine['logging_configuration'] as Resource)['include_execution_data'] === true,
      retentionDays: one('aws_cloudwatch_log_group')['retention_in_days'] as number,
    },
    tracing: (machine['tracing_configuration'] as Resource | undefined)?.['enabled'] === true,
    pointInTimeRecovery:
      (one('aws_dynamodb_table')['point_in_time_recovery'] as Resource)['enabled'] === true,
    keys: all('aws_kms_key').length,
    alarmMetrics: all('aws_cloudwatch_metric_alarm').reduce((sum, [, alarm]) => sum + watched(alarm), 0),
    dashboards: all('aws_cloudwatch_dashboard').length,
    delivery: all('aws_cloudfront_distribution').length > 0,
    api: all('aws_apigatewayv2_api').length > 0,
    othersStart: 'NotAnImage' in states,
    transition: transition(configuration),
  };
}

/** The function that is in a package. A package with files that only some settings need says so, as `thumbnail-with-heic-1a2b3c4d.zip`. */
const packageName = ({ filename }: Resource): string =>
  path.basename(String(filename), '.zip').replace(/-with-.*$/, '');

function addresses(configuration: Configuration, topic: string): number {
  const topics = new Map(resources(configuration, 'aws_sns_topic'));
  return resources(configuration, 'aws_sns_topic_subscription').filter(
    ([, { protocol, topic_arn }]) =>
      protocol === 'email' && String(topics.get(referred(topic_arn) ?? '')?.['name']).endsWith(`-${topic}`),
  ).length;
}

function watched(alarm: Resource): number {
  const queries = (alarm['metric_query'] ?? []) as Resource[];
  return queries.filter(({ metric }) => metric !== undefined).length || 1;
}

function transition(configuration: Configuration): PricedStack['transition'] {
  const rules = resources(configuration, 'aws_s3_bucket_lifecycle_configuration').flatMap(
    ([, { rule }]) => rule as { transition?: { storage_class: string; days: number }[] }[],
  );
  const [first] = rules.flatMap((rule) => rule.transition ?? []);
  return (
    first && {
      storageClass: first.storage_class as 'STANDARD_IA' | 'INTELLIGENT_TIERING',
      afterDays: first.days,
    }
  );
}
