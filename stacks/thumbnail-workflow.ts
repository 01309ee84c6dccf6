import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { Construct } from 'constructs';
import type { FunctionName } from '../contract/environment';
import { Backfill } from './backfill/backfill';
import { CATALOGUE, type FunctionKey, forEachState } from './catalogue';
import type { Resources } from './catalogue/entry';
import { addEndpoints, type Endpoints } from './endpoints';
import { ObjectEvents } from './events/object-events';
import { Capacity } from './functions/capacity';
import { WorkflowFunction } from './functions/workflow-function';
import { Backlog } from './messaging/backlog';
import { Queue } from './messaging/queue';
import { Topic } from './messaging/topic';
import { Monitoring } from './monitoring/monitoring';
import { operationsTopic } from './monitoring/operations-topic';
import { Key } from './security/key';
import type { RoleProps } from './security/service-role';
import type { Settings } from './settings/schema';
import { newsOf } from './state-machine/announcements';
import { StateMachine } from './state-machine/state-machine';
import { timeoutsOf } from './state-machine/timeouts';
import type { Bucket } from './storage/bucket';
import { addBuckets } from './storage/buckets';
import type { Place, Uploads } from './storage/place';
import { RecordTable } from './storage/record-table';

export interface ThumbnailWorkflowProps {
  /**
   * What `loadSettings` or `parseSettings` returns: docs/settings.md. Two workflows in one account need two values of
   * `namePrefix`, which every name begins with. `region` has to be the region of the AWS provider. `tags` and `backend`
   * are for the stack, and have no effect here.
   */
  readonly settings: Settings;
  /** What `bundleFunctions` returns: for each function that the settings need, the path of a zip and its SHA-256 in base64. */
  readonly packages: Packages;
}

export type Packages = Readonly<Partial<Record<FunctionName, { path: string; sha256: string }>>>;

/**
 * Upload or deletion → EventBridge → state machine → thumbnails, record and notification.
 *
 * It needs an AWS provider in its stack. A stack can hold several.
 */
export class ThumbnailWorkflow extends Construct {
  /** Bucket, and start of the keys, that people upload images to. */
  readonly uploads: Uploads;
  /** Bucket, and start of the keys, that the thumbnails are in. */
  readonly thumbnails: Place;
  /** Bucket with the originals of the images that failed. */
  readonly quarantine: Place;
  /** Table with one record for each uploaded image. */
  readonly records: RecordTable;
  /** Topic that gets a message for each image whose thumbnails are ready. */
  readonly processed: Topic;
  /** Topic that gets a message for each image that failed. */
  readonly errors: Topic;
  /** Topic that gets a message for each alarm that goes off, and again when it is over. */
  readonly operations: Topic;
  readonly stateMachine: StateMachine;
  /** Rules that start an execution for each upload and deletion, with their dead-letter queue. */
  readonly objectEvents: ObjectEvents;
  /** Queue of the events that wait for capacity. */
  readonly backlog: Queue;
  /** Queue of the failures that the errors topic did not take. */
  readonly failures: Queue;
  readonly monitoring: Monitoring;
  /** State machine that makes the thumbnails of earlier objects, if the settings ask for it. */
  readonly backfill?: Backfill;
  /** Distribution and API, if the settings enable them. */
  readonly endpoints: Endpoints;

  private readonly account: string;
  private readonly capacity: Capacity;
  /** The key that roles may use. */
  private readonly key?: Key;
  /** The same key, if what is written from now on is to be encrypted with it. */
  private readonly encryption?: Key;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ThumbnailWorkflowProps,
  ) {
    super(scope, id);
    const { settings } = props;
    const { namePrefix } = settings;

    this.account = new DataAwsCallerIdentity(this, 'account').accountId;
    this.capacity = new Capacity(this);
    this.key = this.addKey();
    this.encryption = settings.encryption.customerManagedKey === true ? this.key : undefined;
    const { account, encryption: key } = this;

    this.errors = this.topic('errors', settings.notifications.errors);
    this.processed = this.topic('processed', settings.notifications.processed);
    this.failures = new Queue(this, 'failure-queue', { name: `${namePrefix}-failures`, key });
    const backlog = new Backlog(this, 'backlog', {
      name: `${namePrefix}-backlog`,
      failures: this.failures,
      key,
    });
    this.backlog = backlog.queue;
    const { thumbnailsBucket, ...places } = addBuckets(this, {
      settings,
      account,
      key,
      usableKey: this.key,
    });
    this.uploads = places.uploads;
    this.thumbnails = places.thumbnails;
    this.quarantine = places.quarantine;
    this.records = new RecordTable(this, 'record-table', {
      name: `${namePrefix}-records`,
      pointInTimeRecovery: settings.pointInTimeRecovery,
      deletionProtection: settings.deletionProtection,
      key,
    });
    const { uploads, thumbnails, records, processed } = this;
    const resources: Resources = { uploads, thumbnails, quarantine: this.quarantine, records, processed };

    this.endpoints = addEndpoints(this, {
      settings,
      account,
      resources,
      // The rules of the settings exclude an existing bucket here, because its policy belongs to its owner.
      thumbnails: thumbnailsBucket as Bucket,
      lambda: (key, given) => this.lambda(key, given),
      key,
    });
    const { deliveryUrl } = this.endpoints;
    const states = forEachState((key) => this.lambda(key, { ...resources, deliveryUrl }));
    this.stateMachine = new StateMachine(this, 'state-machine', {
      name: namePrefix,
      role: this.role('state-machine'),
      region: settings.region,
      account,
      functions: states,
      timeouts: timeoutsOf(settings),
      keys: settings.uploads,
      news: newsOf(settings),
      errors: this.errors,
      failures: this.failures,
      backlog: this.backlog,
      logs: settings.logs,
      key,
    });
    const others = { resume: this.lambda('resume', resources), watch: this.lambda('watch', resources) };
    backlog.resumeBy(others.resume, this.capacity.backlogConcurrency(settings.backlog.concurrency));
    this.objectEvents = new ObjectEvents(this, 'object-events', {
      namePrefix,
      role: this.role('object-events'),
      account,
      bucket: uploads,
      keys: settings.uploads,
      stateMachine: this.stateMachine,
      key,
    });
    this.operations = operationsTopic(this, {
      namePrefix,
      emails: settings.notifications.operations,
      region: settings.region,
      account,
      key,
    });
    this.backfill = settings.backfill.enabled
      ? new Backfill(this, 'backfill', {
          settings,
          role: this.role('backfill-machine'),
          account,
          function: this.lambda('backfill', resources),
          uploads,
          quarantine: this.quarantine,
          topic: this.operations,
        })
      : undefined;
    this.monitoring = new Monitoring(this, 'monitoring', {
      settings,
      functions: { ...states, ...others },
      ...this.endpoints,
      stateMachine: this.stateMachine,
      backfill: this.backfill,
      rules: this.objectEvents.rules,
      deadLetters: this.objectEvents.deadLetterQueue,
      backlog: this.backlog,
      failures: this.failures,
      topic: this.operations,
      account,
    });
  }

  private addKey(): Key | undefined {
    const { namePrefix, region, encryption, delivery, uploadApi } = this.props.settings;
    if (!encryption.customerManagedKey) return undefined;
    return new Key(this, 'key', {
      namePrefix,
      region,
      account: this.account,
      delivery: delivery.enabled,
      api: uploadApi.enabled,
    });
  }

  private topic(name: string, emails: string[]): Topic {
    const { namePrefix } = this.props.settings;
    return new Topic(this, `${name}-topic`, {
      name: `${namePrefix}-${name}`,
      emails,
      key: this.encryption,
    });
  }

  private role(name: string): RoleProps {
    const { namePrefix, region, permissionsBoundary } = this.props.settings;
    return { name: `${namePrefix}-${name}-${region}`, permissionsBoundary, key: this.key };
  }

  private lambda(key: FunctionKey, resources: Resources): WorkflowFunction {
    const { settings, packages } = this.props;
    const { folder, description, timeoutSeconds, environment, permissions } = CATALOGUE[key];
    const size = { timeoutSeconds, ...settings.functions[key] };
    const given = { ...resources, settings, backlog: this.backlog, stateMachine: () => this.stateMachine };
    return new WorkflowFunction(this, `${folder}-function`, {
      name: `${settings.namePrefix}-${folder}`,
      description,
      role: this.role(folder),
      account: this.account,
      package: packages[folder]!,
      logs: settings.logs,
      key: this.encryption,
      ...size,
      reservedConcurrency: this.capacity.reservation(size.reservedConcurrency),
      environment: { WORKFLOW_NAME: settings.namePrefix, ...environment(given) },
      statements: permissions(given),
    });
  }
}
