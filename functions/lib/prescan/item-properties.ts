/** The properties of a picture in an AVIF or HEIC: its size, how it is turned and cropped, and its colours. */
import { associations, MAX_LEVELS, references } from './avif-work';
import { type Box, boxes, FULL_BOX, findBox } from './boxes';
import { type Colours, fromCodePoints } from './colours';
import type { Reader } from './reader';
import type { Size } from './result';

/** What the numbers of a picture mean. Without either, it is sRGB. */
export interface ItemColours {
  profile: Box | undefined;
  colours: Colours | undefined;
}

/**
 * The colours of a picture: its own, or those of the first picture it is made of. The first iPhones that wrote HEIC name the
 * profile only at the tiles.
 */
export function readColours(reader: Reader, meta: Box, properties: Box, item: number): ItemColours {
  let of: number | undefined = item;
  for (let level = 0; level <= MAX_LEVELS && of !== undefined; level++) {
    const { profile, colours, namesColours } = readProperties(reader, properties, of);
    if (namesColours) return { profile, colours };
    of = firstSource(reader, meta, of);
  }
  return { profile: undefined, colours: undefined };
}

function firstSource(reader: Reader, meta: Box, item: number): number | undefined {
  const list = findBox(reader, 'iref', meta.body + FULL_BOX, meta.end);
  for (const reference of list ? references(reader, list, 'dimg') : []) {
    if (reference.item === item) return reference.source;
  }
  return undefined;
}

/** A code point that says nothing: ITU-T H.273. */
const UNSPECIFIED = 2;

/** Applies the properties of an item in their order. `profile` is the box that holds one. */
export function readProperties(reader: Reader, properties: Box, item: number) {
  const container = findBox(reader, 'ipco', properties.body, properties.end);
  const all = container ? [...boxes(reader, container.body, container.end)] : [];
  let coded: Size | undefined;
  let shown: Size | undefined;
  let colours: Colours | undefined;
  let profile: Box | undefined;
  let namesColours = false;
  for (const index of readAssociations(reader, properties, item)) {
    const property = all[index - 1];
    if (property === undefined) continue;
    const { type, body } = property;
    reader.position = body;
    if (type === 'ispe' && coded === undefined) {
      reader.position += FULL_BOX;
      coded = shown = { width: reader.u32(), height: reader.u32() };
    }
    if (type === 'clap' && shown) shown = readCrop(reader, shown);
    if (type === 'irot' && shown && reader.u8() % 2 === 1)
      shown = { width: shown.height, height: shown.width };
    if (type !== 'colr') continue;
    if (!reader.skipText('nclx')) {
      profile = property;
      namesColours = true;
      continue;
    }
    const [primaries, transfer] = [reader.u16(), reader.u16()];
    colours ??= fromCodePoints(primaries, transfer);
    namesColours ||= primaries !== UNSPECIFIED || transfer !== UNSPECIFIED;
  }
  // A profile says more than code points. For an AVIF, libheif hands it on, and sharp applies it.
  return { coded, shown, profile, colours: profile ? undefined : colours, namesColours };
}

/**
 * The size of a clean aperture (ISO 14496-12, 12.1.4): width, height and the offset of its centre, each a fraction. Edges are
 * rounded as libheif 1.23.5 rounds them.
 */
function readCrop(reader: Reader, { width, height }: Size): Size {
  const signed = () => reader.u32() | 0;
  const fraction = () => signed() / signed();
  const [across, down, right, below] = [fraction(), fraction(), fraction(), fraction()];
  const left = Math.floor(right + (width - 1) / 2 - (across - 1) / 2);
  const top = Math.round(below + (height - 1) / 2 - (down - 1) / 2);
  return {
    width: Math.min(width - 1, Math.round(across - 1 + left)) - Math.max(0, left) + 1 || 0,
    height: Math.min(height - 1, Math.round(down - 1 + top)) - Math.max(0, top) + 1 || 0,
  };
}

/** The indices, from 1, of the properties that belong to the item. */
function readAssociations(reader: Reader, properties: Box, item: number): number[] {
  const box = findBox(reader, 'ipma', properties.body, properties.end);
  for (const entry of box ? associations(reader, box) : []) {
    if (entry.item === item) return entry.indices;
  }
  return [];
}
