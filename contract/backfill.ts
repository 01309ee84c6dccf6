/** A backfill: a run of the workflow over the objects that are in the bucket already. */
import type { ImageRecord } from './record';

/**
 * Which images are worked on. An image whose record is of the version in the bucket and of the settings of now is left
 * alone, whether it is DONE or FAILED; `failed` tries those that are FAILED once more.
 *
 * - `all`: what is missing and what is stale
 * - `missing`: what has no record, or a record that no run has completed
 * - `stale`: what was made, or refused, under other settings
 * - `failed`: what is FAILED
 */
export const ONLY = ['all', 'missing', 'stale', 'failed'] as const;
export type Only = (typeof ONLY)[number];

/** What one run is started with: the input of the state machine. Every field is set, since its paths have to lead somewhere. */
export interface BackfillInput {
  /** Start of the keys; empty for all. */
  prefix: string;
  only: Only;
  /** Objects that were changed before this are left alone. ISO 8601 in UTC, or empty. */
  since: string;
  /** The most objects that are looked at. */
  limit: number;
  /** How many children run at once. */
  children: number;
  /** How many images one child works on at once. */
  atOnce: number;
  /** The settings at its start, as the output `backfill_settings` of the stack has them. */
  settings: string;
  /** The manifest to read instead of listing the bucket. */
  inventory?: { bucket: string; key: string };
}

/** The most items that one Map Run takes: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_ITEMS = 100_000_000;

/**
 * Images of one child. Starting a child costs a state transition of a STANDARD workflow, 25 USD per million, which is more
 * than everything else about an image that is left alone: docs/adr/0012-backfill-by-batches.md.
 */
export const BATCH_ITEMS = 40;

/** The most images that one child works on at once. */
const MAX_AT_ONCE = 10;

/** Divides the images that are worked on at once among children. @returns never more than `concurrency` in all */
export function divided(concurrency: number): Pick<BackfillInput, 'children' | 'atOnce'> {
  const children = Math.ceil(concurrency / MAX_AT_ONCE);
  return { children, atOnce: Math.floor(concurrency / children) };
}

/** An object as the reader of the Distributed Map hands it out: from a listing, or as a row of an inventory. */
export interface Item {
  Key: string;
  /** Bytes. */
  Size?: number | string;
  /** Of a listing. */
  LastModified?: string | number;
  /** Of an inventory. */
  LastModifiedDate?: string;
  /** Of an inventory. Its keys are encoded as in a URL. */
  Bucket?: string;
}

/** What a child gets. */
export interface Batch {
  BatchInput: Pick<BackfillInput, 'only' | 'since' | 'atOnce'> & {
    /** Name of the run. */
    run: string;
  };
  Items: Item[];
}

/** Why an image was left alone. */
export const SKIPPED = ['done', 'failedBefore', 'unwanted', 'ignored', 'gone', 'superseded', 'busy'] as const;
export type Skipped = (typeof SKIPPED)[number];

/** What a child answers: the result writer writes it into the report. */
export interface BatchAnswer {
  /** Images whose thumbnails were made. */
  made: number;
  /** Images that were left alone, by why. */
  skipped: Partial<Record<Skipped, number>>;
  /** Every image of the batch that is FAILED now, whether this run tried it or an earlier one. */
  failures: BackfillFailure[];
}

export interface BackfillFailure {
  key: string;
  /** Name of the error. */
  error: string;
  message: string;
  /** It had failed before, and wasn't tried again. */
  before?: true;
}

/** Start of the keys of the reports in the quarantine bucket. */
export const RESULTS_PREFIX = 'backfill';

/** What a run has done so far: one item of the table, beside the records. Its numbers are by name in {@link countsIn}. */
export const RUN_PREFIX = 'backfill#';

/** Numbers of one run. */
export interface Counts {
  made: number;
  skipped: Partial<Record<Skipped, number>>;
  /** Images that failed in this run, by the name of the error. */
  failed: Record<string, number>;
}

/** The names of the numbers in the item: `made`, `skipped.done`, `failed.CorruptImage`. */
export function numbersOf({ made, skipped, failures }: BatchAnswer): Record<string, number> {
  const numbers: Record<string, number> = { ...(made > 0 && { made }) };
  for (const [why, count] of Object.entries(skipped)) numbers[`skipped.${why}`] = count;
  for (const { error, before } of failures) {
    if (!before) numbers[`failed.${error}`] = (numbers[`failed.${error}`] ?? 0) + 1;
  }
  return numbers;
}

/** The numbers of a run, from its item. */
export function countsIn(item: Record<string, unknown>): Counts {
  const of = (kind: string) =>
    Object.fromEntries(
      Object.entries(item).flatMap(([name, value]) =>
        name.startsWith(`${kind}.`) ? [[name.slice(kind.length + 1), Number(value)]] : [],
      ),
    );
  return { made: Number(item['made'] ?? 0), skipped: of('skipped'), failed: of('failed') };
}

/** Why images were left alone, in words. */
export const WHY: Readonly<Record<Skipped, string>> = {
  done: 'done already',
  failedBefore: 'failed before',
  unwanted: 'not asked for',
  ignored: 'not images by their names, or too old',
  gone: 'deleted meanwhile',
  superseded: 'with a newer event of their own',
  busy: 'being processed',
};

/** How many images a run has finished with. */
export const finishedIn = ({ made, skipped, failed }: Counts): number =>
  [made, ...Object.values(skipped), ...Object.values(failed)].reduce((sum, count) => sum + count, 0);

/** What the input of an execution has in addition to the event, if a backfill started it. */
export interface BackfillMark {
  /** Name of the run. */
  run: string;
}

/** A sequencer older than that of any event, for an object that no event was recorded of: any event of it wins. */
export const BEFORE_ANY_EVENT = '0'.repeat(32);

/** As much of a record as says under which settings its outcome came about. */
export type Outcome = Pick<ImageRecord, 'status' | 'settingsHash' | 'lastError'>;
