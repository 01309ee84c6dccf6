/** What a person needs after a deploy. */
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import type { Bucket } from './bucket';
import type { ObjectEvents } from './object-events/object-events';
import type { Queue } from './queue';
import type { RecordTable } from './record-table';
import type { Settings } from './settings/schema';
import type { StateMachine } from './state-machine/state-machine';
import type { Topic } from './topic';

export interface Outputs {
  readonly settings: Settings;
  readonly uploads: Bucket;
  readonly thumbnails: Bucket;
  readonly quarantine: Bucket;
  readonly records: RecordTable;
  readonly processed: Topic;
  readonly errors: Topic;
  readonly stateMachine: StateMachine;
  readonly objectEvents: ObjectEvents;
  readonly backlog: Queue;
  readonly failures: Queue;
}

/** Adds the outputs of the stack. Their names are public: scripts read them. */
export function addOutputs(stack: Construct, from: Outputs): void {
  const { region, uploads } = from.settings;
  const console = `https://${region}.console.aws.amazon.com/states/home?region=${region}`;
  const values: Record<string, [value: string, description: string]> = {
    uploads_bucket: [from.uploads.name, 'Upload images here.'],
    uploads_prefix: [uploads.prefix, 'Keys that begin with this start the workflow.'],
    thumbnails_bucket: [from.thumbnails.name, 'Thumbnails, as <source key>/<variant>.<extension>.'],
    quarantine_bucket: [from.quarantine.name, 'Originals of images that failed.'],
    records_table: [from.records.name, 'One item per uploaded image.'],
    processed_topic_arn: [from.processed.arn, 'Tells of each image that is done.'],
    errors_topic_arn: [from.errors.arn, 'Tells of each image that failed.'],
    state_machine_arn: [from.stateMachine.arn, 'The workflow.'],
    state_machine_console: [
      `${console}#/statemachines/view/${from.stateMachine.arn}`,
      'Executions and their graphs.',
    ],
    dead_letter_queue_url: [
      from.objectEvents.deadLetterQueue.url,
      'Events for which no execution could be started.',
    ],
    backlog_queue_url: [from.backlog.url, 'Events that wait for capacity.'],
    failure_queue_url: [from.failures.url, 'Failures that could not be told to the errors topic.'],
    upload_command: [
      `aws s3 cp photo.${uploads.suffixes[0]} ${shellWord(`s3://${from.uploads.name}/${uploads.prefix}photo.${uploads.suffixes[0]}`)}`,
      'Try it.',
    ],
  };
  for (const [name, [value, description]] of Object.entries(values)) {
    new TerraformOutput(stack, name, { value, description });
  }
}

/** One word for a POSIX shell. Terraform puts the bucket's name, which needs no quotes, in place of `${…}`. */
function shellWord(word: string): string {
  const literal = word.replace(/\$\{[^}]*\}/g, '');
  return /^[\w@%+=:,./-]*$/.test(literal) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}
