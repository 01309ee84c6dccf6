import type { Details, Exif, Placeholders } from '../../../contract/details';
import type { Thumbnail } from '../../../contract/image';
import type { Source } from '../../../contract/source';
import { exifIn, scan } from '../prescan';
import { asImage } from './image';
import { assertDimensions, assertFitsMemory } from './limits';
import { type Original, offer } from './offer';
import { PREVIEW, placeholdersOf } from './placeholders';
import type { DetailsWanted, Recipes } from './presets';
import { type Rendered, renderWithPreview } from './render';
import type { Acceptance } from './settings';
import { stamp } from './stamp';
import { type Existing, preconditionFor, type SwapPorts, swap } from './swap';
import type { Target } from './targets';

export interface MakeSettings extends Recipes, Acceptance {
  /** Start of every URL, without a slash at the end; empty or absent if thumbnails have none. */
  deliveryUrl?: string;
  /** Memory of the function in MiB. */
  memoryMb: number;
}

/** The calls that making thumbnails takes. */
export interface MakePorts extends SwapPorts {
  readWhole(source: Source): Promise<Uint8Array>;
  /** Milliseconds until Lambda ends the function. Without it, an image may take as long as it likes. */
  timeLeft?: () => number;
  /** Is called before a decoder gets the image, which may end the function. */
  beforeDecoding?: () => Promise<void>;
}

/**
 * Makes thumbnails of an image, from one download and one decode, and writes them to their keys. It finds what an earlier
 * run of the same version has made, and makes only the rest. It leaves the thumbnails of a newer version alone and goes on:
 * its caller then learns from the record that this run has lost, and removes what it has written.
 *
 * @param wanted details of the picture to find out besides; they need its bytes even if every thumbnail is there
 * @returns one thumbnail for each target, in that order, and the details
 * @throws Superseded, CorruptImage, SuspiciousImage or ImageTooLarge
 */
export async function make(
  image: Original,
  targets: readonly Target[],
  settings: MakeSettings,
  ports: MakePorts,
  wanted: DetailsWanted = {},
): Promise<Made> {
  const found = await Promise.all(
    targets.map(async (target) => ({
      target,
      existing: image.isNew ? null : await ports.find(target.key),
    })),
  );
  const missing = found.filter(
    ({ target, existing }) => preconditionFor(image.source, target, existing) !== 'done',
  );
  const { rendered, ...details } =
    missing.length > 0 || wanted.placeholders || wanted.exif
      ? await renderSource(
          image,
          missing.map(({ target }) => target),
          settings,
          ports,
          wanted,
        )
      : { rendered: [] };
  await Promise.all(
    missing.map(({ target, existing }, n) =>
      swap(image, target, existing, (rendered[n] as Rendered).data, ports),
    ),
  );

  const items = found.map((one) => {
    const made = rendered[missing.indexOf(one)];
    const bytes = made?.data.length ?? (one.existing as Existing).bytes;
    return { ...offer(image, one.target, settings, ports), bytes };
  });
  return { items, ...details };
}

export interface Made extends Details {
  items: Thumbnail[];
}

async function renderSource(
  image: Original,
  targets: readonly Target[],
  settings: MakeSettings,
  ports: MakePorts,
  wanted: DetailsWanted,
): Promise<Details & { rendered: Rendered[] }> {
  const bytes = await ports.readWhole(image.source);
  const found = asImage(scan(bytes, { whole: true }), settings.accepted);
  assertDimensions(found, settings.limits);
  const { background } = settings;
  const exif = wanted.exif && exifIn(bytes, found.format, wanted.exif);
  if (targets.length === 0 && !wanted.placeholders) return { rendered: [], ...detailsOf(undefined, exif) };
  assertFitsMemory(found, settings.memoryMb);
  await ports.beforeDecoding?.();
  const { rendered, preview } = await renderWithPreview(bytes, found, targets, {
    maxPixels: settings.limits.pixels,
    background,
    preview: wanted.placeholders ? PREVIEW : undefined,
    timeLeft: ports.timeLeft,
  });
  return {
    rendered: rendered.map((made, n) => {
      const { format, hash } = targets[n] as Target;
      return { ...made, data: stamp(made.data, format, `${image.source.sequencer} ${hash}`) };
    }),
    ...detailsOf(preview && (await placeholdersOf(preview, background)), exif),
  };
}

/** Without what there is none of. */
const detailsOf = (placeholders: Placeholders | undefined, exif: Exif | undefined): Details => ({
  ...(placeholders && { placeholders }),
  ...(exif && { exif }),
});
