import type { Image, InputFormat, OutputFormat, Source, TaskInput, Thumbnails } from '../shared/contract';
import { TransientError } from '../shared/errors';
import { asImage } from '../shared/image';
import { assertDimensions, type Limits } from '../shared/limits';
import { scan, withoutMetadata } from '../shared/prescan';
import { outputFormat, type Recipes, recipeFor, thumbnailKey } from '../shared/presets';
import type { Existing, Precondition } from '../shared/thumbnail-bucket';
import { plan, type Size } from './plan';
import { type Rendered, render, type Wanted } from './render';
import { stamp } from './stamp';

export interface ThumbnailSettings extends Recipes {
  accepted: readonly InputFormat[];
  limits: Limits;
}

/** What Thumbnail does to the world. */
export interface ThumbnailPorts {
  bucket: string;
  readWhole(source: Source): Promise<Uint8Array>;
  find(key: string): Promise<Existing | null>;
  /** Resolves to false when another run changed the key since it was looked at. */
  write(key: string, data: Buffer, format: OutputFormat, precondition: Precondition): Promise<boolean>;
}

/** A variant with the place it goes to and what lies there now. */
interface Target extends Wanted {
  key: string;
  existing: Existing | null;
}

/** More rewrites than concurrent runs of one object can cause. */
const MAX_SWAPS = 8;

/**
 * One download, one decode, every variant of the preset. Finds what an earlier run of the same version has made and
 * makes only the rest. It leaves the thumbnails of a newer version alone, and goes on: StoreMetadata then learns from the
 * record that this run has lost, and removes what it has written.
 *
 * @throws Superseded when the version is gone
 * @throws CorruptImage, SuspiciousImage or ImageTooLarge when the whole bytes say so
 */
export async function makeThumbnails(
  { state: { image } }: TaskInput<'image'>,
  settings: ThumbnailSettings,
  ports: ThumbnailPorts,
): Promise<Thumbnails> {
  const targets = await Promise.all(
    recipeFor(image.source.key, settings).variants.map(async (variant): Promise<Target> => {
      const format = outputFormat(variant, image.format);
      const key = thumbnailKey(settings.prefix, image.source.key, variant, format);
      return { variant, format, key, existing: await ports.find(key) };
    }),
  );
  const missing = targets.filter((target) => preconditionFor(image, target.existing) !== 'done');
  const rendered = missing.length > 0 ? await renderSource(image, missing, settings, ports) : [];
  await Promise.all(missing.map((target, n) => swap(image, target, rendered[n] as Rendered, ports)));

  return {
    schema: 1,
    items: targets.map(({ variant, format, key, existing }) => {
      const made = rendered[missing.findIndex((target) => target.key === key)];
      return {
        variant: variant.name,
        bucket: ports.bucket,
        key,
        format,
        ...plan(image, variant).size,
        bytes: made?.data.length ?? (existing as Existing).bytes,
      };
    }),
  };
}

async function renderSource(
  image: Image,
  wanted: readonly Wanted[],
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
  const origin = `${image.source.sequencer} ${image.preset.hash}`;
  return rendered.map((made, n) => ({
    ...made,
    data: stamp(made.data, (wanted[n] as Wanted).format, origin),
  }));
}

/** How to write over what lies at a key; `'done'` where the thumbnail of this version or of a newer one does. */
export function preconditionFor({ source, preset }: Image, existing: Existing | null): Precondition | 'done' {
  if (!existing) return { IfNoneMatch: '*' };
  if (existing.sequencer > source.sequencer) return 'done';
  const same = existing.sequencer === source.sequencer && existing.preset === preset.hash;
  return same ? 'done' : { IfMatch: existing.etag };
}

/** Writes a thumbnail unless a newer one is there, looking again whenever another run was quicker. */
async function swap(image: Image, target: Target, { data }: Size & { data: Buffer }, ports: ThumbnailPorts) {
  let { existing } = target;
  for (let attempt = 0; attempt < MAX_SWAPS; attempt++) {
    const precondition = preconditionFor(image, existing);
    if (precondition === 'done') return;
    if (await ports.write(target.key, data, target.format, precondition)) return;
    existing = await ports.find(target.key);
  }
  throw new TransientError(
    `s3://${ports.bucket}/${target.key} changed ${MAX_SWAPS} times while it was being written`,
  );
}
