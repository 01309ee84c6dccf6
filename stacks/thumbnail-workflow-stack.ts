import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { type App, TerraformStack } from 'cdktf';
import { addDoors } from './doors';
import { ObjectEvents } from './events/object-events';
import { Capacity } from './functions/capacity';
import type { FunctionName } from './functions/catalogue';
import { notify } from './functions/notify';
import { quarantine } from './functions/quarantine';
import { remove } from './functions/remove';
import { resume } from './functions/resume';
import { storeMetadata } from './functions/store-metadata';
import type { Task } from './functions/task';
import { thumbnail } from './functions/thumbnail';
import { validate } from './functions/validate';
import { WATCH_TIMEOUT, watch } from './functions/watch';
import { type FunctionSize, WorkflowFunction } from './functions/workflow-function';
import { Backlog, RESUME_TIMEOUT } from './messaging/backlog';
import { Queue } from './messaging/queue';
import { Topic } from './messaging/topic';
import { Monitoring } from './monitoring/monitoring';
import { operationsTopic } from './monitoring/operations-topic';
import { addOutputs } from './outputs';
import { Key } from './security/key';
import type { Settings } from './settings/schema';
import { timeoutsOf } from './settings/timeouts';
import { addStateBackend } from './state-backend';
import { StateMachine } from './state-machine/state-machine';
import { Bucket, type BucketProps } from './storage/bucket';
import { ExistingBucket } from './storage/existing-bucket';
import { placeIn, uploadsIn } from './storage/place';
import { RecordTable } from './storage/record-table';
import { formCors } from './upload-api/form-cors';

export interface ThumbnailWorkflowProps {
  readonly settings: Settings;
  /** The deployment package of each function that the settings ask for: a zip, and its SHA-256 in base64. */
  readonly packages: Partial<Record<FunctionName, { path: string; sha256: string }>>;
}

/** Upload or deletion → EventBridge → state machine → thumbnails, record and notification. */
export class ThumbnailWorkflowStack extends TerraformStack {
  constructor(app: App, id: string, { settings, packages }: ThumbnailWorkflowProps) {
    super(app, id);
    const { namePrefix, region, notifications, logs, functions, lifecycle } = settings;

    this.addOverride('terraform.required_version', '>= 1.10');
    addStateBackend(this, settings);
    new AwsProvider(this, 'aws', { region, defaultTags: [{ tags: settings.tags }] });
    const account = new DataAwsCallerIdentity(this, 'account').accountId;
    const capacity = new Capacity(this);
    const key = settings.encryption.customerManagedKey
      ? new Key(this, 'key', {
          namePrefix,
          region,
          account,
          delivery: settings.delivery.enabled,
          api: settings.uploadApi.enabled,
        })
      : undefined;

    const bucket = (name: string, options: Partial<BucketProps>) =>
      new Bucket(this, `${name}-bucket`, {
        name: `${namePrefix}-${name}-${account}-${region}`,
        emptyOnDestroy: settings.emptyBucketsOnDestroy,
        accessLogsBucket: logs.accessLogsBucket,
        key,
        ...options,
      });
    const topic = (name: string, emails: string[]) =>
      new Topic(this, `${name}-topic`, { name: `${namePrefix}-${name}`, emails, key });
    const role = (name: string) => ({
      name: `${namePrefix}-${name}-${region}`,
      permissionsBoundary: settings.permissionsBoundary,
      key,
    });

    const errors = topic('errors', notifications.errors);
    const failures = new Queue(this, 'failure-queue', { name: `${namePrefix}-failures`, key });
    const backlog = new Backlog(this, 'backlog', { name: `${namePrefix}-backlog`, failures, key });
    const { existingBucket, manageNotifications } = settings.uploads;
    const uploads = existingBucket
      ? new ExistingBucket(this, 'uploads-bucket', { name: existingBucket, region, manageNotifications })
      : bucket('uploads', {
          noncurrentDays: lifecycle.noncurrentDays,
          transition: transitionOf(settings),
          events: true,
          cors: formCors(settings),
        });
    // A thumbnail can be made again, so in a bucket of their own old versions aren't kept.
    const thumbnails = settings.thumbnails.bucket === 'uploads' ? uploads : bucket('thumbnails', {});
    const resources = {
      uploads: uploadsIn(uploads, settings),
      thumbnails: placeIn(thumbnails, settings.thumbnails.prefix),
      quarantine: placeIn(
        bucket('quarantine', {
          noncurrentDays: lifecycle.noncurrentDays,
          expireDays: lifecycle.quarantineDays,
        }),
        '',
      ),
      records: new RecordTable(this, 'record-table', {
        name: `${namePrefix}-records`,
        pointInTimeRecovery: settings.pointInTimeRecovery,
        deletionProtection: settings.deletionProtection,
        key,
      }),
      processed: topic('processed', notifications.processed),
    };

    const lambda = (name: FunctionName, size: FunctionSize, needs: Task) =>
      new WorkflowFunction(this, `${name}-function`, {
        name: `${namePrefix}-${name}`,
        role: role(name),
        package: packages[name]!,
        logs,
        key,
        ...size,
        reservedConcurrency: capacity.reservation(size.reservedConcurrency),
        ...needs,
        environment: { WORKFLOW_NAME: namePrefix, ...needs.environment },
      });
    const doors = addDoors(this, {
      settings,
      resources,
      // The rules of the settings keep an existing bucket out: its policy is its owner's.
      thumbnails: thumbnails as Bucket,
      lambda,
      key,
    });
    const states = {
      validate: lambda('validate', functions.validate, validate(resources, settings)),
      thumbnail: lambda('thumbnail', functions.thumbnail, thumbnail({ ...resources, ...doors }, settings)),
      storeMetadata: lambda('store-metadata', functions.storeMetadata, storeMetadata(resources)),
      notify: lambda('notify', functions.notify, notify(resources)),
      quarantine: lambda('quarantine', functions.quarantine, quarantine(resources)),
      remove: lambda('remove', functions.remove, remove(resources, backlog.queue, settings)),
    };
    const stateMachine = new StateMachine(this, 'state-machine', {
      name: namePrefix,
      role: role('state-machine'),
      region,
      account,
      functions: states,
      timeouts: timeoutsOf(settings),
      errors,
      failures,
      backlog: backlog.queue,
      logs,
      key,
    });
    const outside = {
      resume: lambda(
        'resume',
        { ...functions.resume, timeoutSeconds: RESUME_TIMEOUT },
        resume(stateMachine, backlog.queue),
      ),
      watch: lambda('watch', { ...functions.watch, timeoutSeconds: WATCH_TIMEOUT }, watch(resources)),
    };
    backlog.resumeBy(outside.resume, capacity.backlogConcurrency(settings.backlog.concurrency));
    const objectEvents = new ObjectEvents(this, 'object-events', {
      namePrefix,
      role: role('object-events'),
      account,
      bucket: resources.uploads,
      keys: settings.uploads,
      stateMachine,
      key,
    });

    const queues = { backlog: backlog.queue, failures };
    const monitoring = new Monitoring(this, 'monitoring', {
      settings,
      functions: { ...states, ...outside },
      ...doors,
      stateMachine,
      rules: objectEvents.rules,
      deadLetters: objectEvents.deadLetterQueue,
      ...queues,
      topic: operationsTopic(this, {
        namePrefix,
        emails: notifications.operations,
        region,
        account,
        key,
      }),
      account,
    });
    addOutputs(this, {
      settings,
      ...resources,
      ...queues,
      errors,
      stateMachine,
      objectEvents,
      monitoring,
      ...doors,
    });
  }
}

function transitionOf({ uploads: { prefix }, lifecycle: { originals } }: Settings) {
  const { transition, afterDays } = originals;
  return transition === 'none' ? undefined : { storageClass: transition, days: afterDays, prefix };
}
