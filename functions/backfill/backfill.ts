import { createHash } from 'node:crypto';
import type { BackfillMark, Batch, BatchAnswer, Item, Skipped } from '../../contract/backfill';
import { WorkflowError } from '../../contract/error-kinds';
import type { ObjectEvent } from '../../contract/event';
import type { ImageRecord } from '../../contract/record';
import type { ObjectName } from '../../contract/source';
import { type Recipes, recipeFor } from '../lib/image/presets';
import type { SettingsHash } from '../lib/records/settings-hash';
import type { CurrentVersion } from '../lib/storage/uploads';
import { decide, failureOf, isResult } from './decide';
import { eventOf, type Origin } from './event';

/** Some images of the batch could not be worked on, for reasons that lie in no image. Those that could are done. */
export class Unfinished extends WorkflowError {
  override readonly name = 'Unfinished';
}

export interface BackfillSettings extends Origin {
  bucket: string;
  /** Start of the keys. */
  prefix: string;
  /** Endings of the names of images, in lower case and without the dot. */
  suffixes: readonly string[];
  recipes: Recipes;
  settingsHash: SettingsHash;
}

/** How a run of the workflow ended, as StartSyncExecution answers: with 200 even if it failed. */
export interface Ended {
  status?: string;
  error?: string;
  cause?: string;
  output?: string;
}

/** The calls that a backfill makes. */
export interface BackfillPorts {
  current(object: ObjectName): Promise<(CurrentVersion & { modified?: Date }) | null>;
  record(object: ObjectName): Promise<ImageRecord | null>;
  /** Runs an event through the workflow and waits until that has ended. @throws Throttled if it was not even started */
  run(event: ObjectEvent & { backfill: BackfillMark }, name: string): Promise<Ended>;
  /** Whether an error says that there is no capacity now. */
  isThrottled(error: unknown): boolean;
  /** Milliseconds that are left for the batch. */
  timeLeft(): number;
  wait(milliseconds: number): Promise<void>;
  /** Adds to what the run has done. */
  count(answer: BatchAnswer): Promise<void>;
}

/** What became of one image. */
type Outcome =
  | { kind: 'made' }
  | { kind: 'skipped'; why: Skipped; failure?: { name: string; message: string } }
  | { kind: 'failed'; failure: { name: string; message: string } }
  | { kind: 'unfinished'; why: string };

/** Milliseconds: no image is begun with less, which is most of what the slowest images take. */
const RESERVE = 60_000;

/** Milliseconds between two attempts of an image for which there was no capacity: the first wait, and the longest. */
const WAIT = { first: 1_000, longest: 20_000 };

/** Characters of a message in the report. The record has all of it. */
const MESSAGE = 300;

/**
 * Works on the images of one batch, several at once. An image that fails is a result. Without capacity it tries again until
 * its time is up; the uploads' backlog is not for it.
 *
 * @throws Unfinished naming the first image that it could not work on, once all others are done
 */
export async function backfill(
  { BatchInput: wanted, Items: items }: Batch,
  settings: BackfillSettings,
  ports: BackfillPorts,
): Promise<BatchAnswer> {
  const answer: BatchAnswer = { made: 0, skipped: {}, failures: [] };
  const unfinished: string[] = [];
  const queue = items.map((item) => ({ item, key: keyOf(item) }));

  async function worker(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { key } = next;
      note(key, await one(next.item, key).catch(asUnfinished));
    }
  }

  function note(key: string, outcome: Outcome): void {
    if (outcome.kind === 'made') answer.made++;
    if (outcome.kind === 'unfinished') unfinished.push(`${key}: ${outcome.why}`);
    if (outcome.kind === 'skipped') {
      answer.skipped[outcome.why] = (answer.skipped[outcome.why] ?? 0) + 1;
    }
    if ('failure' in outcome && outcome.failure) {
      const { name, message } = outcome.failure;
      const before = outcome.kind === 'skipped' ? { before: true as const } : {};
      answer.failures.push({ key, error: name, message: message.slice(0, MESSAGE), ...before });
    }
  }

  async function one(item: Item, key: string): Promise<Outcome> {
    if (!isNamedLikeAnImage(key, settings) || isOlder(item, wanted.since)) {
      return { kind: 'skipped', why: 'ignored' };
    }
    const object = { bucket: settings.bucket, key };
    for (let wait = WAIT.first; ; wait = Math.min(WAIT.longest, wait * 2)) {
      if (ports.timeLeft() < RESERVE) return { kind: 'unfinished', why: 'no time was left for it' };
      const outcome = await attempt(object);
      if (outcome !== 'no capacity') return outcome;
      if (ports.timeLeft() < RESERVE + wait)
        return { kind: 'unfinished', why: 'there was no capacity for it' };
      await ports.wait(wait / 2 + (wait / 2) * Math.random());
    }
  }

  async function attempt(object: ObjectName): Promise<Outcome | 'no capacity'> {
    const [current, record] = await Promise.all([ports.current(object), ports.record(object)]);
    const { preset, eager } = recipeFor(object.key, settings.recipes);
    const execution = executionOf(wanted.run, object.key);
    const decision = decide(
      current,
      record,
      {
        only: wanted.only,
        settingsHash: settings.settingsHash(object.key),
        presetHash: preset.hash,
        eager: eager.map(({ name }) => name),
        execution,
      },
      new Date(),
    );
    if (!decision.make) return { kind: 'skipped', ...decision };
    const event = eventOf(object, current as CurrentVersion, record, settings, wanted.run);
    try {
      return await outcomeOf(object, await ports.run(event, execution));
    } catch (error) {
      if (ports.isThrottled(error)) return 'no capacity';
      throw error;
    }
  }

  /** The record says best how an image failed; a failure that it doesn't hold is none of the image's. */
  async function outcomeOf(object: ObjectName, ended: Ended): Promise<Outcome | 'no capacity'> {
    if (ended.status === 'SUCCEEDED') {
      const { record } = JSON.parse(ended.output ?? '{}') as { record?: object };
      return record ? { kind: 'made' } : { kind: 'skipped', why: 'superseded' };
    }
    if (ended.error === 'StillWaiting') return 'no capacity';
    const record = await ports.record(object);
    const failure = record && failureOf(record);
    if (!failure) return { kind: 'unfinished', why: `${ended.error ?? ended.status}` };
    const { name, message } = failure;
    return isResult(name)
      ? { kind: 'failed', failure: { name, message } }
      : { kind: 'unfinished', why: `${name}: ${message}` };
  }

  await Promise.all(Array.from({ length: wanted.atOnce }, worker));
  await ports.count(answer);
  if (unfinished.length > 0) {
    throw new Unfinished(
      `${unfinished.length} of ${items.length} images were not finished, and the run or a later one tries them again. The first is ${unfinished[0]}`,
    );
  }
  return answer;
}

/** Name of the executions for one image in one run, within the 80 characters that Step Functions takes. */
export const executionOf = (run: string, key: string): string =>
  `${run.slice(0, 60)}_${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;

function asUnfinished(error: unknown): Outcome {
  const { name, message } = error as Error;
  return { kind: 'unfinished', why: `${name}: ${message}` };
}

/** Rows of an inventory have their keys encoded as in a URL, and name their bucket. */
function keyOf({ Key, Bucket }: Item): string {
  if (Bucket === undefined) return Key;
  try {
    return decodeURIComponent(Key.replaceAll('+', ' '));
  } catch {
    return Key;
  }
}

function isNamedLikeAnImage(key: string, { prefix, suffixes }: BackfillSettings): boolean {
  const name = key.toLowerCase();
  return key.startsWith(prefix) && suffixes.some((suffix) => name.endsWith(`.${suffix}`));
}

/** An inventory may leave out when an object was changed. A time that is missing is NaN here, and so not before any other. */
function isOlder({ LastModified, LastModifiedDate }: Item, since: string): boolean {
  const modified = LastModified ?? LastModifiedDate ?? '';
  // A listing of Step Functions has seconds since 1970.
  const time = typeof modified === 'number' ? modified * 1_000 : Date.parse(modified);
  return time < Date.parse(since);
}
