import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { SQSClient } from '@aws-sdk/client-sqs';
import { plural, printable } from '../../contract/text';
import { BATCH } from '../lib/aws/connect';
import type { Result } from '../lib/command';
import { batch, endedEarly } from '../lib/interruption';
import type { TargetValues } from '../lib/options';
import { paced } from '../lib/pace';
import { progress } from '../lib/progress';
import { sayIfSlow } from '../lib/slow';
import { openTarget, type Target } from '../lib/target';
import type { Left } from '../lib/versions';
import { Queue } from '../redrive/queue';
import { type Invalidated, invalidate, notInvalidated, pathsOf, pathsUnder } from './cdn';
import { type Erasure, erase, finish } from './erase';
import { type Place, placeIn } from './place';
import { portsOf } from './ports';
import { purge } from './queues';
import { forgotten, leftOver, outOfReach, summarize, uploadedAgain } from './report';
import { assertCanAsk, type Choice, type EraseRequest, isConfirmed, requestIn } from './request';
import { contents, describe, type Found, named, under } from './selection';
import { settled } from './settled';

/** Images worked on at the same time, and begun in a second: the workflow runs a deletion of each. */
const PACE = { concurrency: 8, rate: 20 };

interface Values extends TargetValues, Choice {
  yes: boolean;
  'dry-run': boolean;
  /** Seconds. */
  timeout: number;
}

export async function eraseImages(values: Values): Promise<Result> {
  const request = requestIn(values);
  const asks = request.by === 'prefix' && !values.yes && !values['dry-run'];
  if (asks) assertCanAsk();
  const target = await openTarget(values);
  try {
    const place = placeIn(target.outputs);
    const ports = portsOf(target, place);
    const selecting =
      request.by === 'key'
        ? named(request.value, place, ports)
        : under(request.value, place, ports.s3, ports.records);
    const selection = await sayIfSlow('the list of images', selecting);
    if (request.by === 'key' && selection.images.length + selection.others === 0) {
      return { ok: true, summary: nothingOf(request.value, place) };
    }
    console.log(describe(selection));
    if (values['dry-run']) return { ok: true, summary: 'A dry run: nothing was erased.' };
    if (selection.images.length === 0) {
      return { ok: request.by === 'prefix', summary: 'Nothing was erased.' };
    }
    if (asks && !(await isConfirmed())) return { ok: false, summary: 'Nothing was erased.' };
    return await run(request, selection.images, values, target, place);
  } finally {
    await target.close();
  }
}

const nothingOf = (key: string, { uploads }: Place) =>
  `There is nothing of s3://${uploads}/${printable(key)}: it was erased, or never there. Is the key right? Letter case counts, and it begins without a slash.`;

async function run(
  request: EraseRequest,
  images: Found[],
  { timeout, data }: Values,
  target: Target,
  place: Place,
): Promise<Result> {
  const ports = portsOf(target, place);
  const { outputs } = target;
  const erasures: Erasure[] = [];
  const ended: Erasure[] = [];
  const invalidations: Invalidated[] = [];
  const left: Left[] = [];
  let messages = 0;
  const shown = progress(images.length, 'images');

  const begin = async ({ key }: Found) => {
    const erasure = await erase(key, ports, { patience: timeout * 1_000 }).catch((error) =>
      failed(key, error),
    );
    erasures.push(erasure);
    shown.step();
  };
  const end = async (erasure: Erasure) => {
    await finish(erasure, ports, target.hint).catch((error) =>
      erasure.left.push(...failed(erasure.key, error).left),
    );
    ended.push(erasure);
    console.log(line(erasure));
  };
  const ending = await batch(async (signal) => {
    await paced(images, { ...PACE, signal }, begin);
    shown.stop();
    // Even after an interruption: what is erased is not to be shown any more.
    await forget();
    const recorded = erasures.flatMap((each) => each.recorded ?? []);
    const { isBusy } = target;
    const isAnyLeft = isBusy && (async () => (await isBusy()) || (await waiting(target)) > 0);
    if (!(await settled({ recorded, isBusy: isAnyLeft, signal, onWait: sayWait }))) return;
    messages = await purgeQueues(target, erasures, place);
    if ((await waiting(target)) > 0) {
      left.push(tombstones(erasures.length));
      return;
    }
    const thumbnails = total(erasures);
    for (const erasure of erasures) await end(erasure);
    // A run that was under way has left some, and a viewer may have seen them.
    if (total(erasures) > thumbnails) await forget();
  });
  shown.stop();

  for (const erasure of erasures) left.push(...erasure.left);
  const again = uploadedAgain(erasures);
  const rest = images.length - ended.length;
  return {
    ok: left.length === 0 && again.length === 0 && rest === 0 && !ending.error,
    summary: [
      summarize(erasures, ended),
      ...forgotten(invalidations),
      ...(messages > 0 ? [`${plural(messages, 'message')} about them removed from the queues.`] : []),
      ...again,
      ...leftOver(left),
      ...(rest > 0 && left.length === 0
        ? endedEarly(
            ending,
            `${plural(rest, 'image')} not finished. Run it again: it does what is left to do.`,
          )
        : []),
      outOfReach({
        logDays: outputs['log_retention_days'],
        tombstoneDays: outputs['tombstone_days'],
        isDelivered: outputs['delivery_url'] !== undefined,
        ...(target.isBusy && { dataDir: data, fresh: target.hint('start', '--fresh') }),
      }),
    ].join('\n'),
  };

  /** Invalidates what the CDN has cached, if there is one. */
  async function forget(): Promise<void> {
    const distribution = outputs['delivery_distribution_id'];
    if (!distribution || erasures.length === 0) return;
    const paths =
      request.by === 'prefix'
        ? pathsUnder(request.value, place)
        : erasures.flatMap(({ key }) => pathsOf(key, place));
    try {
      invalidations.push(...(await invalidate(target.connect(CloudFrontClient, BATCH), distribution, paths)));
    } catch (error) {
      left.push(notInvalidated(error));
    }
  }
}

const total = (erasures: Erasure[]) => erasures.reduce((sum, { thumbnails }) => sum + thumbnails, 0);

function failed(key: string, error: unknown): Erasure {
  const left = [{ what: printable(key), why: (error as Error).message }];
  return { key, originals: 0, thumbnails: 0, copies: 0, record: false, left };
}

function line({ key, originals, thumbnails, copies, record, left, uploadedAgain }: Erasure): string {
  const [mark, outcome] =
    left.length > 0 ? ['✗', 'not all'] : uploadedAgain ? ['–', 'new one stays'] : ['✓', 'erased'];
  return `${mark} ${outcome}  ${printable(key)}: ${contents(originals, thumbnails, copies)}${record ? ', its record' : ''}`;
}

const sayWait = (until: number) =>
  console.error(
    `Waiting until ${new Date(until).toLocaleTimeString('en-GB')} at the latest for runs that may still be under way. After Ctrl-C, run it again for the rest.`,
  );

/** Removes messages about the images from the queues that only people empty. */
async function purgeQueues({ connect, outputs }: Target, erasures: Erasure[], place: Place): Promise<number> {
  const keys = new Set(erasures.filter((each) => !each.uploadedAgain).map(({ key }) => key));
  const sqs = connect(SQSClient, BATCH);
  let removed = 0;
  for (const output of ['dead_letter_queue_url', 'failure_queue_url']) {
    const queue = new Queue(sqs, outputs[output] as string);
    const most = await queue.count();
    if (most === 0) continue;
    removed += await purge(queue, ({ bucket, key }) => bucket === place.uploads && keys.has(key), most);
  }
  return removed;
}

/** How many events wait in the backlog. */
const waiting = ({ connect, outputs }: Target): Promise<number> =>
  new Queue(connect(SQSClient, BATCH), outputs['backlog_queue_url'] as string).count();

const tombstones = (images: number): Left => ({
  what: `${images === 1 ? 'the record' : 'the records'} of the deletion`,
  why: 'Events wait in the backlog, some maybe about these images: without the record of the deletion they would fail and be mailed. Run it again once the backlog is empty, or let the records expire.',
});
