import { BEFORE_ANY_EVENT } from '../../contract/backfill';
import { ImageError } from '../../contract/error-kinds';
import { ImageTooLarge, NotYetVisible, Superseded } from '../../contract/errors';
import type { Image, Offer, Thumbnail } from '../../contract/image';
import type { ImageRecord } from '../../contract/record';
import type { ObjectName, Source } from '../../contract/source';
import { outwardError } from '../lib/http/outward-error';
import { HttpProblem } from '../lib/http/problem';
import { type ExaminePorts, examine } from '../lib/image/examine';
import { type MakePorts, type MakeSettings, make } from '../lib/image/make';
import { type Original, offer } from '../lib/image/offer';
import type { Recipes } from '../lib/image/presets';
import { type Target, targetsOf } from '../lib/image/targets';
import type { Outcome } from '../lib/records/records';
import type { Update } from '../lib/records/updates';
import type { Stored } from '../lib/storage/thumbnail-bucket';
import type { CurrentVersion } from '../lib/storage/uploads';
import { type FailureReport, failureIn, isUnreported, recordFailure } from './failure';
import type { PathSettings, Wanted } from './path';
import { adopt, begin, end, endsProcess, isOf, list, note, recordOf } from './updates';

export type RenderSettings = MakeSettings & PathSettings;

/** The calls that Render makes. */
export interface RenderPorts extends MakePorts, ExaminePorts {
  /** The thumbnail at a key; null if there is none. */
  stored(key: string): Promise<Stored | null>;
  record(object: ObjectName): Promise<ImageRecord | null>;
  apply(update: Update): Promise<Outcome>;
  /** The version of the original that a plain GET would return; null if there is none. */
  current(object: ObjectName): Promise<CurrentVersion | null>;
  /** Removes a thumbnail unless it was made from a version newer than `sequencer`. */
  removeUpTo(sequencer: string, key: string): Promise<void>;
  /** Hands a failure to the workflow. */
  report(report: FailureReport): Promise<void>;
}

/** How often it tries again if the original changes in the meantime. */
const MAX_ATTEMPTS = 3;

/** Seconds. Most images are done within that. */
const TRY_AGAIN_AFTER = 2;

/** For answers that stay true until the image or the settings change. */
const KEEP_BRIEFLY = { 'cache-control': 'public, max-age=60' };

/**
 * Makes a declared variant of an image when it is requested, the way Thumbnail does, and lists it in the record.
 *
 * The order of the steps keeps a thumbnail from outliving its original. Its key is noted in the record while that is DONE;
 * then the thumbnail is written by compare-and-swap; then it is listed in the record, again only while that is DONE and of
 * the same version. If a newer version, a failure or a deletion comes before the note, the note fails. If it comes after,
 * it finds the key in the record and replaces or removes the thumbnail there. If it was quicker than the write, listing
 * fails and the thumbnail is removed again. One gap is left: a function that is killed between the write and that removal
 * leaves a thumbnail of an image that failed or was deleted seconds before. The next upload under that key replaces or
 * removes it.
 *
 * @throws HttpProblem if there is no such thumbnail; Throttled or TransientError as the ports throw them
 */
export async function render(
  wanted: Wanted,
  settings: RenderSettings,
  ports: RenderPorts,
  { execution, now }: { execution: string; now: Date },
): Promise<Stored> {
  const { key, original } = wanted;
  const run = { execution, now };
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    try {
      const record = (await ports.record(original)) ?? (await adopted());
      if (record && (await madeOf(record))) {
        const stored = await ports.stored(key);
        if (stored) return stored;
      }
    } catch (error) {
      // The original has changed since the record was written: its event is on the way, or has just arrived.
      if (!(error instanceof Superseded || error instanceof NotYetVisible)) throw error;
    }
  }
  if (!(await ports.current(original))) throw missing(original);
  throw later(`${original.key} is changing right now.`);

  /** @returns whether the thumbnail exists and is listed; false if the record has changed in the meantime */
  async function madeOf(record: ImageRecord): Promise<boolean> {
    const failure = failureIn(record);
    if (failure) {
      if (isUnreported(record, now)) await recordFailure(sourceOf(record), failure, ports, run);
      throw unusable(failure, failure.execution);
    }
    const image = originalOf(record);
    const target = targetIn(image);
    if (endsProcess(record, now)) {
      const error = new ImageTooLarge(
        'The image takes more time or memory to decode than there is: two attempts were ended. Upload a smaller image.',
      );
      await recordFailure(image.source, error, ports, run);
      throw unusable(error, execution);
    }
    const wasNoted = record.thumbnailKeys?.has(key) ?? false;
    let began = false;
    const beforeDecoding = async () => {
      began = (await ports.apply(begin(record, key, now))).applied;
    };
    if (!wasNoted) {
      await beforeDecoding();
      if (!began && !(await ports.apply(note(record, key))).applied) return false;
    }
    try {
      // Nothing was ever written to a key that was not noted, so there is nothing to look up.
      const { items } = await orFail(image.source, () =>
        make({ ...image, ...(!wasNoted && { isNew: true }) }, [target], settings, {
          ...ports,
          ...(wasNoted && { beforeDecoding }),
        }),
      );
      if (await isListed(items[0] as Thumbnail, record, image.source)) return true;
      await ports.removeUpTo(image.source.sequencer, key);
      return false;
    } catch (error) {
      // What went wrong is more important than that this can't be noted, too.
      if (began) await ports.apply(end(record)).catch(() => {});
      throw error;
    }
  }

  /** Lists the thumbnail, unless the record has changed to another version. */
  async function isListed(thumbnail: Thumbnail, read: ImageRecord, source: Source): Promise<boolean> {
    // The record may have changed to another version since it was read, so it is read again now that the thumbnail is written.
    let record = lists(read, thumbnail) ? await ports.record(original) : read;
    while (isOf(record, source)) {
      if (record !== read && lists(record, thumbnail)) {
        if (record.unfinished) await ports.apply(end(record));
        return true;
      }
      const outcome = await ports.apply(list(record, thumbnail, now));
      if (outcome.applied) return true;
      record = outcome.current;
    }
    return false;
  }

  /** Makes a record for an original that is older than the workflow and so has none. Null if one was made in the meantime. */
  async function adopted(): Promise<ImageRecord | null> {
    const current = await ports.current(original);
    if (!current) throw missing(original);
    const { version, etag } = current;
    const source = { ...original, version, etag, sequencer: BEFORE_ANY_EVENT };
    const image = await orFail(source, () => examine(source, settings, ports));
    const { items: _, ...details } = await orFail(source, () =>
      make(image, [], settings, ports, targetsOf(image, settings).details),
    );
    const offers = offersOf(image, settings, ports);
    const record = { ...recordOf(image, offers, execution, now), ...details };
    return (await ports.apply(adopt(record))).applied ? record : null;
  }

  /** Does what only an image that can't be used makes fail, and records it if it does. */
  async function orFail<Result>(source: Source, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      await recordFailure(source, error, ports, run);
      throw unusable(error, execution);
    }
  }

  /** Finds what to make. The path alone didn't say, since a variant may have the format of its original. */
  function targetIn(image: Original): Target {
    const target = declaredFor(image, settings).find((one) => one.key === key);
    if (target) return target;
    const why = `${original.key} is a ${image.format}, so it has no thumbnail ${key}.`;
    throw new HttpProblem(404, why, { headers: KEEP_BRIEFLY });
  }
}

/** Every variant of an image, whether it is made at upload or on request. */
function declaredFor(image: Omit<Original, 'bytes'>, recipes: Recipes): Target[] {
  const { eager, lazy } = targetsOf(image, recipes);
  return [...eager, ...lazy];
}

/** What can be requested of an image of which nothing has been made. */
const offersOf = (image: Image, settings: RenderSettings, ports: Pick<RenderPorts, 'bucket'>): Offer[] =>
  declaredFor(image, settings).map((target) => offer(image, target, settings, ports));

/** @throws HttpProblem if no thumbnails of it can be made now */
function originalOf(record: ImageRecord): Original {
  const { status, image } = record;
  if (status === 'DELETED') throw missing(record);
  if (status === 'PROCESSING') throw later(`${record.key} is being processed.`);
  if (!image) throw missing(record);
  const { format, width, height, frames, bytes } = image;
  return { source: sourceOf(record), format, width, height, frames, bytes };
}

function sourceOf({ bucket, key, version, etag = '', sequencer }: ImageRecord): Source {
  return { bucket, key, version, etag, sequencer };
}

function lists({ thumbnails = [] }: ImageRecord, { key, bytes, width, height }: Thumbnail): boolean {
  return thumbnails.some(
    (one) => one.key === key && one.bytes === bytes && one.width === width && one.height === height,
  );
}

/** The answer to a path that is not of a declared variant. */
export function undeclared(path: string): HttpProblem {
  return new HttpProblem(404, `No declared variant has the path ${path}.`, { headers: KEEP_BRIEFLY });
}

function missing({ key }: ObjectName): HttpProblem {
  return new HttpProblem(404, `There is no image ${key}.`);
}

function later(why: string): HttpProblem {
  const headers = { 'retry-after': String(TRY_AGAIN_AFTER) };
  return new HttpProblem(503, `${why} Try again in ${TRY_AGAIN_AFTER} s.`, { headers });
}

/** A 404, since CloudFront keeps that, unlike a 422 (see the list of statuses in stacks/delivery/delivery.ts). */
function unusable(failure: { name: string; message: string }, execution: string): HttpProblem {
  const { name, message } = outwardError(failure, execution);
  return new HttpProblem(404, message, { error: name, headers: KEEP_BRIEFLY });
}
