import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectEvent } from '../../contract/event';
import { comparableSequencer } from '../../contract/source';
import { decide } from '../../functions/backfill/decide';
import { eventOf } from '../../functions/backfill/event';
import { recipeFor } from '../../functions/lib/image/presets';
import { currentVersion } from '../../functions/lib/storage/uploads';
import { BUCKETS, type Cloud, call, PRESET } from './cloud';
import type { Content } from './contents';
import { type Execution, type Perform, type Started, start } from './machine';

/** What someone does to the objects in the bucket. */
export type Operation =
  | { do: 'put'; key: string; content: Content }
  | { do: 'delete'; key: string }
  /** Permanently deletes a version: 0 is the current one. A delete marker is a version too. */
  | { do: 'purge'; key: string; nth: number }
  /** A backfill looks at the object. If it is stale, that of a record is made again. */
  | { do: 'backfill'; key: string; stale: boolean };

/** A version of an object; a delete marker has no content. */
export interface Version {
  id: string | null;
  content: Content | null;
  sequencer: string;
}

/** An object, as it is in the bucket. */
export interface Subject {
  key: string;
  /** The newest first. */
  versions: Version[];
  /** The sequencers of the deletions, in their order. */
  deletions: string[];
  /** Whether a backfill has found something to do. */
  backfilled?: boolean;
}

const RECIPES = { presets: [PRESET], background: '#ffffff', prefix: '', maxSideFromName: 0 };

let worlds = 0;

/** Some objects under a prefix of one bucket, and the executions that their events have started. */
export class World {
  /** The executions that have ended. */
  readonly executions: Execution[] = [];
  private readonly running = new Set<Started>();
  private deliveries = 0;
  readonly prefix = `world-${++worlds}/`;
  readonly subjects = new Map<string, Subject>();

  constructor(
    readonly cloud: Cloud,
    readonly contents: Record<Content, Buffer>,
    readonly versioned: boolean,
    /** Called with an event of its own that a deletion puts into the backlog queue. */
    queued: (event: ObjectEvent) => void,
    /** Called with an event that waits in the backlog queue, since its object isn't there yet. */
    private readonly wait = queued,
  ) {
    cloud.onQueued(this.prefix, queued);
  }

  get bucket(): string {
    return this.versioned ? BUCKETS.versioned : BUCKETS.unversioned;
  }

  /** @returns the event of the operation; null if there was nothing to do */
  async perform(operation: Operation): Promise<ObjectEvent | null> {
    const Key = this.prefix + operation.key;
    const subject = this.subjects.get(Key) ?? { key: Key, versions: [], deletions: [] };
    this.subjects.set(Key, subject);
    const { versions } = subject;
    const where = { Bucket: this.bucket, Key };
    if (operation.do === 'backfill') return this.backfill(subject, operation.stale);
    if (operation.do === 'put') {
      const { content } = operation;
      const { VersionId: id = null } = await this.cloud.s3.send(
        new PutObjectCommand({ ...where, Body: this.contents[content] }),
      );
      const event = this.event();
      if (!this.versioned) versions.length = 0;
      versions.unshift({ id, content, sequencer: sequencerOf(event) });
      return event;
    }

    const marked = operation.do === 'delete' && this.versioned;
    const at = operation.do === 'purge' ? operation.nth % Math.max(1, versions.length) : 0;
    const target = versions[at];
    if (!marked && !target) return null;
    const VersionId = marked ? undefined : (target?.id ?? undefined);
    const deleted = await this.cloud.s3.send(new DeleteObjectCommand({ ...where, VersionId }));
    const event = this.event();
    subject.deletions.push(sequencerOf(event));
    if (marked) {
      versions.unshift({ id: deleted.VersionId as string, content: null, sequencer: sequencerOf(event) });
    } else {
      versions.splice(at, 1);
    }
    return event;
  }

  /** Delivers an event, which runs an execution. Resolves when it has ended. */
  async deliver(event: ObjectEvent, perform: Perform = this.task): Promise<void> {
    const started = start(`execution-${++this.deliveries}`, event, perform);
    this.running.add(started);
    const execution = await started.ended.finally(() => this.running.delete(started));
    if (execution) this.executions.push(execution);
  }

  /** Kills every running execution. */
  abandon(): void {
    for (const started of this.running) started.abandon();
  }

  /** Carries out a task of the definition. */
  readonly task: Perform = async (callee, input) => {
    if (callee === 'publish') return call('Publish', () => this.cloud.publish(input));
    if (callee === 'sendMessage') {
      const { QueueUrl, MessageBody } = input as { QueueUrl: string; MessageBody: string };
      if (QueueUrl !== 'backlog') throw new Error(`Expected nothing in ${QueueUrl}`);
      return call('SendMessage', async () => this.wait(JSON.parse(MessageBody) as ObjectEvent));
    }
    return this.cloud.functions[callee](input);
  };

  /** What the function of a backfill does up to the start of an execution. @returns its input; null if there is nothing to do */
  private async backfill(subject: Subject, stale: boolean): Promise<ObjectEvent | null> {
    const object = { bucket: this.bucket, key: subject.key };
    const [current, record] = await Promise.all([
      currentVersion(this.cloud.s3, object),
      this.cloud.records.find(object),
    ]);
    const { preset, eager } = recipeFor(subject.key, RECIPES);
    const wanted = {
      only: 'all' as const,
      presetHash: stale ? 'another' : preset.hash,
      eager: eager.map(({ name }) => name),
      execution: 'run',
    };
    if (!current || !decide(current, record, wanted, new Date()).make) return null;
    subject.backfilled = true;
    return eventOf(object, current, record, { account: '111122223333', region: 'us-east-1' }, 'run');
  }

  private event(): ObjectEvent {
    const [event, ...more] = this.cloud.takeEvents();
    if (!event || more.length > 0) throw new Error('Expected one event of one change');
    return event;
  }
}

function sequencerOf(event: ObjectEvent): string {
  return comparableSequencer(event.detail.object.sequencer as string);
}
