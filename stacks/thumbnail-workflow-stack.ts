import { relative, resolve, sep } from 'node:path';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { type App, LocalBackend, TerraformStack } from 'cdktf';
import { Backlog, RESUME_TIMEOUT } from './backlog';
import { Bucket } from './bucket';
import { ObjectEvents } from './object-events/object-events';
import { addOutputs } from './outputs';
import { Queue } from './queue';
import { RecordTable } from './record-table';
import type { Settings } from './settings/schema';
import { timeoutsOf } from './settings/timeouts';
import { StateMachine } from './state-machine/state-machine';
import { notify } from './tasks/notify';
import { quarantine } from './tasks/quarantine';
import { remove } from './tasks/remove';
import { resume } from './tasks/resume';
import { storeMetadata } from './tasks/store-metadata';
import type { Task } from './tasks/task';
import { thumbnail } from './tasks/thumbnail';
import { validate } from './tasks/validate';
import { Topic } from './topic';
import { WorkflowFunction, type WorkflowFunctionProps } from './workflow-function';

/** The functions of the workflow, by the folder that holds their code. */
export const FUNCTIONS = [
  'validate',
  'thumbnail',
  'store-metadata',
  'notify',
  'quarantine',
  'remove',
  'resume',
] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

export interface ThumbnailWorkflowProps {
  readonly settings: Settings;
  /** The deployment package of each function: a zip, and its SHA-256 in base64. */
  readonly packages: Record<FunctionName, { path: string; sha256: string }>;
}

type FunctionSize = Pick<WorkflowFunctionProps, 'memoryMb' | 'timeoutSeconds' | 'reservedConcurrency'>;

/** Upload or deletion → EventBridge → state machine → thumbnails, record and notification. */
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
      new Topic(this, `${name}-topic`, { name: `${namePrefix}-${name}`, emails });
    const roleName = (name: string) => `${namePrefix}-${name}-${region}`;

    const errors = topic('errors', notifications.errors);
    const failures = new Queue(this, 'failure-queue', { name: `${namePrefix}-failures` });
    const backlog = new Backlog(this, 'backlog', { name: `${namePrefix}-backlog`, failures });
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

    const lambda = (name: FunctionName, size: FunctionSize, needs: Task) =>
      new WorkflowFunction(this, `${name}-function`, {
        name: `${namePrefix}-${name}`,
        roleName: roleName(name),
        package: packages[name],
        logs,
        ...size,
        ...needs,
      });
    const stateMachine = new StateMachine(this, 'state-machine', {
      name: namePrefix,
      roleName: roleName('state-machine'),
      region,
      account,
      functions: {
        validate: lambda('validate', functions.validate, validate(resources, settings)),
        thumbnail: lambda('thumbnail', functions.thumbnail, thumbnail(resources, settings)),
        storeMetadata: lambda('store-metadata', functions.storeMetadata, storeMetadata(resources)),
        notify: lambda('notify', functions.notify, notify(resources)),
        quarantine: lambda('quarantine', functions.quarantine, quarantine(resources)),
        remove: lambda('remove', functions.remove, remove(resources, settings)),
      },
      timeouts: timeoutsOf(settings),
      errors,
      failures,
      backlog: backlog.queue,
      logs,
    });
    backlog.resumeBy(
      lambda(
        'resume',
        { ...functions.resume, timeoutSeconds: RESUME_TIMEOUT },
        resume(stateMachine, backlog.queue),
      ),
      settings.backlog.concurrency,
    );
    const objectEvents = new ObjectEvents(this, 'object-events', {
      namePrefix,
      roleName: roleName('object-events'),
      account,
      bucket: resources.uploads,
      keys: settings.uploads,
      stateMachine,
    });

    const queues = { backlog: backlog.queue, failures };
    addOutputs(this, { settings, ...resources, ...queues, errors, stateMachine, objectEvents });
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
