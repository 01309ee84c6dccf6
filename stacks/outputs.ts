/** The outputs of a deploy, which people and commands need to work with it. */
import { createHash } from 'node:crypto';
import { TerraformOutput, type TerraformStack } from 'cdktf';
import { shellWord } from '../contract/text';
import { outcomeEnvironment } from './catalogue/environment';
import type { Settings } from './settings/schema';
import type { ThumbnailWorkflow } from './thumbnail-workflow';
import { asS3Json, uploadCors } from './upload-api/upload-cors';

/** Adds the outputs of one workflow to its stack. Their names are public: commands and scripts read them. */
export function addOutputs(stack: TerraformStack, settings: Settings, from: ThumbnailWorkflow): void {
  const { region, uploads } = settings;
  const console = (service: string) =>
    `https://${region}.console.aws.amazon.com/${service}/home?region=${region}`;
  const values: Values = {
    uploads_bucket: [from.uploads.name, 'Upload images here.'],
    uploads_prefix: [uploads.prefix, 'Start of the keys that start the workflow.'],
    uploads_suffixes: [uploads.suffixes.join(','), 'Endings of the keys that start the workflow.'],
    thumbnails_bucket: [
      from.thumbnails.name,
      'Thumbnails, as <thumbnails_prefix><source key>/<variant>.<extension>.',
    ],
    thumbnails_prefix: [from.thumbnails.prefix, 'Start of the key of every thumbnail.'],
    quarantine_bucket: [from.quarantine.name, 'Originals of images that failed.'],
    records_table: [from.records.name, 'One item per uploaded image.'],
    processed_topic_arn: [from.processed.arn, 'Notifies about each image whose thumbnails are ready.'],
    errors_topic_arn: [from.errors.arn, 'Notifies about each image that failed.'],
    state_machine_arn: [from.stateMachine.arn, 'The state machine of the workflow.'],
    state_machine_console: [
      `${console('states')}#/statemachines/view/${from.stateMachine.arn}`,
      'Executions and their graphs.',
    ],
    operations_topic_arn: [from.operations.arn, 'Notifies when an alarm goes off and when it is over.'],
    dashboard_console: [
      `${console('cloudwatch')}#dashboards/dashboard/${from.monitoring.dashboardName}`,
      'CloudWatch dashboard: how the workflow is doing, and what drives its cost.',
    ],
    dead_letter_queue_url: [
      from.objectEvents.deadLetterQueue.url,
      'Events for which no execution could be started.',
    ],
    backlog_queue_url: [from.backlog.url, 'Events that wait for free capacity.'],
    failure_queue_url: [from.failures.url, 'Failures that the errors topic did not accept.'],
    log_retention_days: [String(settings.logs.retentionDays), 'For how many days logs are kept.'],
    tombstone_days: [
      String(settings.records.tombstoneDays),
      'For how many days the record of a deleted image is kept.',
    ],
    upload_command: [
      `aws s3 cp photo.${uploads.suffixes[0]} s3://${from.uploads.name}/${shellWord(`${uploads.prefix}photo.${uploads.suffixes[0]}`)}`,
      'Uploads a photo, to try the workflow.',
    ],
  };
  for (const [name, [value, description]] of Object.entries({ ...values, ...optional(settings, from) })) {
    new TerraformOutput(stack, name, { value, description });
  }
}

type Values = Record<string, [value: string, description: string]>;

/** Outputs of backfills, if the settings have them. */
const backfillOutputs = (settings: Settings, backfill: ThumbnailWorkflow['backfill']): Values => ({
  ...(backfill && {
    backfill_state_machine_arn: [backfill.arn, 'The state machine that npm run backfill starts.'],
    backfill_concurrency: [
      String(settings.backfill.concurrency),
      'How many images a backfill works on at once at most.',
    ],
    backfill_settings: [
      hashOf(outcomeEnvironment({ settings }).SETTINGS_HASHES!),
      'Changes whenever thumbnails become stale.',
    ],
  }),
  ...(backfill &&
    settings.backfill.inventoryBucket && {
      backfill_inventory_bucket: [
        settings.backfill.inventoryBucket,
        'Where a backfill may read inventories.',
      ],
    }),
});

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Outputs of what the settings enable. */
function optional(settings: Settings, { endpoints, backfill }: ThumbnailWorkflow): Values {
  const { delivery, deliveryUrl, uploadApi } = endpoints;
  const { domain, viewers } = settings.delivery;
  const cors = settings.uploads.existingBucket ? uploadCors(settings) : undefined;
  return {
    ...backfillOutputs(settings, backfill),
    ...(deliveryUrl && { delivery_url: [deliveryUrl, 'Start of the URL of every thumbnail.'] }),
    ...(delivery && {
      delivery_distribution_id: [delivery.distributionId, 'The CloudFront distribution of the thumbnails.'],
    }),
    ...(viewers === 'signed' && {
      delivery_viewers: [viewers, 'Thumbnails need signed URLs or cookies, so mails link to S3 instead.'],
    }),
    ...(delivery &&
      domain && {
        delivery_domain: [
          delivery.domainName,
          `Point ${domain.name} here with a CNAME, or with an alias record in Route 53.`,
        ],
      }),
    ...(uploadApi && {
      upload_api_url: [uploadApi.url, 'The upload API, without a slash at the end.'],
    }),
    ...(cors && {
      uploads_cors_rule: [
        asS3Json(cors),
        'Add this to the CORS rules of the uploads bucket, so that web pages can upload to it.',
      ],
    }),
  } satisfies Values;
}
