import type { Thumbnail } from '../../../contract/image';
import type { Source } from '../../../contract/source';
import { scan } from '../prescan';
import { asImage } from './image';
import { assertDimensions, assertFitsMemory } from './limits';
import { type Original, offer } from './offer';
import type { Recipes } from './presets';
import { type Rendered, render } from './render';
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
}

/**
 * Makes thumbnails of an image, from one download and one decode, and writes them to their keys. It finds what an earlier
 * run of the same version has made, and makes only the rest. It leaves the thumbnails of a newer version alone and goes on:
 * its caller then learns from the record that this run has lost, and removes what it has written.
 *
 * @returns one for each target, in that order
 * @throws Superseded, CorruptImage, SuspiciousImage or ImageTooLarge
 */
export async function make(
  image: Original,
  targets: readonly Target[],
  settings: MakeSettings,
  ports: MakePorts,
): Promise<Thumbnail[]> {
  const found = await Promise.all(
    targets.map(async (target) => ({
      target,
      existing: image.isNew ? null : await ports.find(target.key),
    })),
  );
  const missing = found.filter(
    ({ target, existing }) => preconditionFor(image.source, target, existing) !== 'done',
  );
  const rendered =
    missing.length > 0
      ? await renderSource(
          image,
          missing.map(({ target }) => target),
          settings,
          ports,
        )
      : [];
  await Promise.all(
    missing.map(({ target, existing }, n) =>
      swap(image, target, existing, (rendered[n] as Rendered).data, ports),
    ),
  );

  return found.map((one) => {
    const made = rendered[missing.indexOf(one)];
    const bytes = made?.data.length ?? (one.existing as Existing).bytes;
    return { ...offer(image, one.target, settings, ports), bytes };
  });
}

async function renderSource(
  image: Original,
  wanted: readonly Target[],
  settings: MakeSettings,
  ports: MakePorts,
): Promise<Rendered[]> {
  const bytes = await ports.readWhole(image.source);
  const found = asImage(scan(bytes, { whole: true }), settings.accepted);
  assertDimensions(found, settings.limits);
  assertFitsMemory(found, settings.memoryMb);
  const rendered = await render(bytes, found, wanted, {
    maxPixels: settings.limits.pixels,
    background: settings.background,
  });
  return rendered.map((made, n) => {
    const { format, hash } = wanted[n] as Target;
    return { ...made, data: stamp(made.data, format, `${image.source.sequencer} ${hash}`) };
  });
}
