import { TransientError } from '../../contract/errors';
import type { InputFormat } from '../../contract/formats';
import type { Image, Offer, Thumbnail, Thumbnails } from '../../contract/image';
import type { Source } from '../../contract/source';
import type { TaskInput } from '../../contract/states';
import { thumbnailUrl } from '../lib/http/delivery';
import { asImage } from '../lib/image/image';
import { assertDimensions, type Limits } from '../lib/image/limits';
import { plan } from '../lib/image/plan';
import type { Recipes } from '../lib/image/presets';
import { type Rendered, render } from '../lib/image/render';
import { stamp } from '../lib/image/stamp';
import { type Target, targetsOf } from '../lib/image/targets';
import { scan, withoutMetadata } from '../lib/prescan';
import type { Existing, Precondition } from '../lib/storage/thumbnail-bucket';

export interface ThumbnailSettings extends Recipes {
  accepted: readonly InputFormat[];
  limits: Limits;
  /** Start of every URL, without a slash at the end; empty where thumbnails have none. */
  deliveryUrl?: string;
}

/** What Thumbnail does to the world. */
export interface ThumbnailPorts {
  bucket: string;
  readWhole(source: Source): Promise<Uint8Array>;
  find(key: string): Promise<Existing | null>;
  /** Resolves to false when another run changed the key since it was looked at. */
  write(target: Target, data: Buffer, precondition: Precondition, image: Original): Promise<boolean>;
}

/** As much of an image as its thumbnails depend on. */
export type Original = Pick<Image, 'source' | 'format' | 'width' | 'height' | 'bytes' | 'isNew'>;

/** A variant, and what lies in its place now. */
type Found = Target & { existing: Existing | null };

/** More rewrites than concurrent runs of one object can cause. */
const MAX_SWAPS = 8;

/**
 * One download, one decode, every eager variant of the preset, and the lazy ones that an earlier version was asked for.
 *
 * @throws Superseded when the version is gone
 * @throws CorruptImage, SuspiciousImage or ImageTooLarge when the whole bytes say so
 */
export async function makeThumbnails(
  { state: { image } }: TaskInput<'image'>,
  settings: ThumbnailSettings,
  ports: ThumbnailPorts,
): Promise<Thumbnails> {
  const { eager, lazy } = targetsOf(image, settings);
  const isRequested = ({ variant }: Target) => image.requested?.includes(variant.name) ?? false;
  const wanted = [...eager, ...lazy.filter(isRequested)];
  const onRequest = lazy.filter((target) => !isRequested(target));
  return {
    schema: 1,
    items: await make(image, wanted, settings, ports),
    ...(onRequest.length > 0 && {
      onRequest: onRequest.map((target) => offer(image, target, settings, ports)),
    }),
  };
}

/**
 * Makes thumbnails of an image and puts them in their places. Finds what an earlier run of the same version has made and
 * makes only the rest. It leaves the thumbnails of a newer version alone, and goes on: whoever calls it then learns from
 * the record that this run has lost, and removes what it has written.
 *
 * @returns one for each target, in that order
 * @throws Superseded, CorruptImage, SuspiciousImage or ImageTooLarge
 */
export async function make(
  image: Original,
  targets: readonly Target[],
  settings: ThumbnailSettings,
  ports: ThumbnailPorts,
): Promise<Thumbnail[]> {
  const found = await Promise.all(
    targets.map(
      async (target): Promise<Found> => ({
        ...target,
        existing: image.isNew ? null : await ports.find(target.key),
      }),
    ),
  );
  const missing = found.filter((target) => preconditionFor(image.source, target, target.existing) !== 'done');
  const rendered = missing.length > 0 ? await renderSource(image, missing, settings, ports) : [];
  await Promise.all(missing.map((target, n) => swap(image, target, rendered[n] as Rendered, ports)));

  return found.map((target) => {
    const made = rendered[missing.indexOf(target)];
    const bytes = made?.data.length ?? (target.existing as Existing).bytes;
    return { ...offer(image, target, settings, ports), bytes };
  });
}

/** A thumbnail as it will be, whether or not it is there. */
export function offer(
  { source, ...image }: Original,
  { variant, format, key, hash }: Target,
  { deliveryUrl }: Pick<ThumbnailSettings, 'deliveryUrl'>,
  { bucket }: Pick<ThumbnailPorts, 'bucket'>,
): Offer {
  return {
    variant: variant.name,
    bucket,
    key,
    format,
    ...plan(image, variant).size,
    ...(deliveryUrl && { url: thumbnailUrl(deliveryUrl, key, source, hash) }),
  };
}

async function renderSource(
  image: Original,
  wanted: readonly Target[],
  settings: ThumbnailSettings,
  ports: ThumbnailPorts,
): Promise<Rendered[]> {
  const bytes = await ports.readWhole(image.source);
  const found = asImage(
    scan(bytes, { whole: true, limits: { frames: settings.limits.frames } }),
    settings.accepted,
  );
  assertDimensions(found, settings.limits);
  const rendered = await render(withoutMetadata(bytes, found.format), found, wanted, {
    maxPixels: settings.limits.pixels,
    background: settings.background,
  });
  return rendered.map((made, n) => {
    const { format, hash } = wanted[n] as Target;
    return { ...made, data: stamp(made.data, format, `${image.source.sequencer} ${hash}`) };
  });
}

/** How to write over what lies at a key; `'done'` where the thumbnail of this version or of a newer one does. */
function preconditionFor(
  { sequencer }: Source,
  { hash }: Target,
  existing: Existing | null,
): Precondition | 'done' {
  if (!existing) return { IfNoneMatch: '*' };
  if (existing.sequencer > sequencer) return 'done';
  const same = existing.sequencer === sequencer && existing.preset === hash;
  return same ? 'done' : { IfMatch: existing.etag };
}

/** Writes a thumbnail unless a newer one is there, looking again whenever another run was quicker. */
async function swap(image: Original, target: Found, { data }: Rendered, ports: ThumbnailPorts) {
  let { existing } = target;
  for (let attempt = 0; attempt < MAX_SWAPS; attempt++) {
    const precondition = preconditionFor(image.source, target, existing);
    if (precondition === 'done') return;
    if (await ports.write(target, data, precondition, image)) return;
    existing = await ports.find(target.key);
  }
  throw new TransientError(
    `s3://${ports.bucket}/${target.key} changed ${MAX_SWAPS} times while it was being written`,
  );
}
