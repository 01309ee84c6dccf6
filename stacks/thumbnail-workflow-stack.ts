import { relative, resolve, sep } from 'node:path';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { type App, LocalBackend, TerraformStack } from 'cdktf';
import { Bucket } from './bucket';
import { addOutputs } from './outputs';
import { RecordTable } from './record-table';
import type { Settings } from './settings/schema';
import { StateMachine } from './state-machine/state-machine';
import { notify } from './tasks/notify';
import { quarantine } from './tasks/quarantine';
import { storeMetadata } from './tasks/store-metadata';
import type { Task } from './tasks/task';
import { thumbnail } from './tasks/thumbnail';
import { validate } from './tasks/validate';
import { Topic } from './topic';
import { UploadRule } from './upload-rule/upload-rule';
import { WorkflowFunction } from './workflow-function';

/** The functions of the workflow, by the folder that holds their code. */
export const FUNCTIONS = ['validate', 'thumbnail', 'store-metadata', 'notify', 'quarantine'] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

export interface ThumbnailWorkflowProps {
  readonly settings: Settings;
  /** The deployment package of each function: a zip, and its SHA-256 in base64. */
  readonly packages: Record<FunctionName, { path: string; sha256: string }>;
}

/** Upload → EventBridge → state machine → thumbnails, record and notification. */
export class ThumbnailWorkflowStack extends TerraformStack {
  constructor(app: App, id: string, { settings, packages }: ThumbnailWorkflowProps) {
    super(app, id);
    const { namePrefix, region, notifications, logs, functions } = settings;

    this.addOverride('terraform.required_version', '>= 1.10');
    new LocalBackend(this, { path: statePath(app, id) });
    new AwsProvider(this, 'aws', { region, defaultTags: [{ tags: settings.tags }] });
    const account = new DataAwsCallerIdentity(this, 'account').accountId;

    const bucket = (name: string, options: { versioned?: boolean; events?: boolean }) =>
      new Bucket(this, `${name}-bucket`, {
        name: `${namePrefix}-${name}-${account}-${region}`,
        emptyOnDestroy: settings.emptyBucketsOnDestroy,
        ...options,
      });
    const topic = (name: string, emails: string[]) =>
      new Topic(this, `${name}-topic`, { name: `${namePrefix}-${name}`, account, emails });
    const roleName = (name: string) => `${namePrefix}-${name}-${region}`;

    const errors = topic('errors', notifications.errors);
    const resources = {
      uploads: bucket('uploads', { versioned: true, events: true }),
      // A thumbnail can be made again, so its old versions aren't kept.
      thumbnails: bucket('thumbnails', {}),
      quarantine: bucket('quarantine', { versioned: true }),
      records: new RecordTable(this, 'record-table', {
        name: `${namePrefix}-records`,
        pointInTimeRecovery: settings.pointInTimeRecovery,
      }),
      processed: topic('processed', notifications.processed),
    };

    const task = (name: FunctionName, key: keyof Settings['functions'], needs: Task) =>
      new WorkflowFunction(this, `${name}-function`, {
        name: `${namePrefix}-${name}`,
        roleName: roleName(name),
        package: packages[name],
        logs,
        ...functions[key],
        ...needs,
      });
    const stateMachine = new StateMachine(this, 'state-machine', {
      name: namePrefix,
      roleName: roleName('state-machine'),
      region,
      account,
      functions: {
        validate: task('validate', 'validate', validate(resources, settings)),
        thumbnail: task('thumbnail', 'thumbnail', thumbnail(resources, settings)),
        storeMetadata: task('store-metadata', 'storeMetadata', storeMetadata(resources)),
        notify: task('notify', 'notify', notify(resources)),
        quarantine: task('quarantine', 'quarantine', quarantine(resources)),
      },
      timeouts: {
        validate: functions.validate.timeoutSeconds,
        thumbnail: functions.thumbnail.timeoutSeconds,
        storeMetadata: functions.storeMetadata.timeoutSeconds,
        notify: functions.notify.timeoutSeconds,
        quarantine: functions.quarantine.timeoutSeconds,
      },
      errors,
      logs,
    });
    const uploadRule = new UploadRule(this, 'upload-rule', {
      name: `${namePrefix}-uploads`,
      roleName: roleName('upload-rule'),
      queueName: `${namePrefix}-dead-letters`,
      region,
      account,
      bucket: resources.uploads,
      uploads: settings.uploads,
      stateMachine,
    });

    addOutputs(this, { settings, ...resources, errors, stateMachine, uploadRule });
  }
}

/**
 * Where Terraform keeps the state: beside cdktf.json, relative to the folder of the stack that Terraform runs in.
 * CDKTF's own default is the same file as an absolute path, which would differ from machine to machine.
 */
function statePath(app: App, id: string): string {
  const path = relative(resolve(app.outdir, 'stacks', id), resolve(`terraform.${id}.tfstate`));
  return path.split(sep).join('/');
}
