import { references } from './avif-work';
import { type Box, boxes, FULL_BOX, findBox } from './boxes';
import { type Hevc, readHevc } from './hevc';
import { boundedProfile } from './icc';
import { COLOUR_TYPE, primaryItem, scanStill } from './isobmff';
import { type ItemColours, readColours, readProperties } from './item-properties';
import type { Reader } from './reader';
import { corrupt, type ImageScan, overLimit, type Scan, type ScanContext } from './result';

/** Types of items that a HEIC's picture may be made of: HEVC, and how such pictures are put together. */
const MADE_OF = new Set(['hvc1', 'grid', 'iovl', 'iden']);

/**
 * Does for a HEIC what {@link scanStill} does for an AVIF. Its pictures must be HEVC throughout: the container could hold
 * any other coding, which would reach parts of the decoder that no camera uses. It also reads what only this decoder has to
 * be told: the colour profile, the preview, and how much memory the picture takes.
 */
export function scanHeic(reader: Reader, context: ScanContext): Scan {
  const result = scanStill('heic', reader, context);
  if (result.kind !== 'image') return result;
  const meta = findBox(reader, 'meta', 0, Number.POSITIVE_INFINITY) as Box;
  const primary = primaryItem(reader, meta) as number;
  const properties = findBox(reader, 'iprp', meta.body + FULL_BOX, meta.end) as Box;

  const types = itemTypes(reader, meta, context.limits.chunks);
  const tooMany = overLimit('heic', context.limits, { chunks: types.size });
  if (tooMany !== undefined) return tooMany;
  const { hevc, hasAlpha } = readCoding(reader, properties);
  const sources = related(reader, meta, 'dimg').map(({ source }) => source);
  // libheif decodes what holds the alpha channel, and leaves depth and gain maps alone.
  const auxiliary = hasAlpha ? related(reader, meta, 'auxl').map(({ item }) => item) : [];
  const other = [primary, ...sources, ...auxiliary]
    .map((item) => types.get(item))
    .find((type) => !MADE_OF.has(type ?? ''));
  if (other !== undefined) return { kind: 'unsupported', found: `a HEIF image ${codedAs(other)}` };

  if (hevc === undefined) return corrupt('heic', 'no sequence parameters (hvcC) for its picture');
  const colours = readColours(reader, meta, properties, primary);
  const { profile } = colours;
  return {
    ...result,
    bytesPerPixel: bytesPerPixel(hevc, hasAlpha),
    ...(profile && profileIn(reader, profile)),
    ...(!hasAlpha && previewOf(primary)),
  };

  /** The first preview that is HEVC, if its colours are those of the picture. The previews of a picture with alpha may lack it. */
  function previewOf(picture: number): Pick<ImageScan, 'preview'> {
    const found = related(reader, meta, 'thmb').find(
      ({ item, source }) => source === picture && types.get(item) === 'hvc1',
    );
    if (found === undefined) return {};
    const { shown, namesColours, ...own } = readProperties(reader, properties, found.item);
    const hasOther = namesColours && !isSame(own, colours);
    return shown && !hasOther ? { preview: { item: found.item, ...shown } } : {};
  }

  function isSame(one: ItemColours, other: ItemColours): boolean {
    if (JSON.stringify(one.colours) !== JSON.stringify(other.colours)) return false;
    if (!one.profile || !other.profile) return one.profile === other.profile;
    return contentOf(one.profile).equals(contentOf(other.profile));
  }

  function contentOf({ body, end }: Box): Buffer {
    return Buffer.from(reader.slice(body, Math.min(end, reader.length)).rest());
  }
}

/** Names are in the message only if they are names: the file can have anything there. */
const codedAs = (type: string): string =>
  /^[\w ]{4}$/.test(type) ? `whose coding is "${type}"` : 'with an unknown coding';

/** The types of items by number, at most one more than the limit. */
function itemTypes(reader: Reader, meta: Box, limit: number): Map<number, string> {
  const types = new Map<number, string>();
  const list = findBox(reader, 'iinf', meta.body + FULL_BOX, meta.end);
  if (list === undefined) return types;
  reader.position = list.body;
  const first = list.body + FULL_BOX + (reader.u8() === 0 ? 2 : 4); // after the count of entries
  for (const item of boxes(reader, first, list.end)) {
    if (item.type !== 'infe' || types.size > limit) continue;
    reader.position = item.body;
    const version = reader.u8();
    reader.position = item.body + FULL_BOX;
    const number = version === 2 ? reader.u16() : reader.u32();
    reader.position += 2; // protection
    if (version >= 2) types.set(number, reader.text(4));
  }
  return types;
}

/** The first references of a kind: {@link scanStill} has counted those of `dimg`, and of the others no camera writes more. */
const MOST_REFERENCES = 50_000;

function related(reader: Reader, meta: Box, kind: 'dimg' | 'thmb' | 'auxl') {
  const list = findBox(reader, 'iref', meta.body + FULL_BOX, meta.end);
  const found: { item: number; source: number }[] = [];
  if (list === undefined) return found;
  for (const reference of references(reader, list, kind)) {
    if (found.push(reference) >= MOST_REFERENCES) break;
  }
  return found;
}

/** The most demanding coding of any picture in the file, since a depth map is never more so than the photograph. */
function readCoding(reader: Reader, properties: Box): { hevc: Hevc | undefined; hasAlpha: boolean } {
  let hevc: Hevc | undefined;
  let hasAlpha = false;
  const container = findBox(reader, 'ipco', properties.body, properties.end);
  for (const box of container ? boxes(reader, container.body, container.end) : []) {
    if (box.type === 'hvcC') {
      const found = readHevc(reader, box);
      if (found === undefined) return { hevc: undefined, hasAlpha };
      const { bits, samples } = hevc ?? found;
      hevc = {
        ...found,
        bits: Math.max(bits, found.bits),
        samples: Math.max(samples, found.samples),
      };
    }
    if (box.type === 'auxC') {
      reader.position = box.body + FULL_BOX;
      hasAlpha ||= ALPHA.some((name) => reader.skipText(name));
    }
  }
  return { hevc, hasAlpha };
}

/**
 * ISO 23008-12 (of HEVC and of AVC) and ISO 23000-22 name the auxiliary picture that is the alpha channel differently. libheif
 * believes each of them, whatever the coding is.
 */
const ALPHA = [
  'urn:mpeg:hevc:2015:auxid:1',
  'urn:mpeg:avc:2015:auxid:1',
  'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha',
];

/**
 * Bytes of memory per pixel while libheif-js 1.23.2 decodes: the decoder and libheif each hold the samples, and the
 * conversion to RGB takes the result twice; its buffers grow by up to a quarter more than they need. The result is copied once
 * more. docs/performance.md compares this with what was measured.
 */
function bytesPerPixel({ bits, samples }: Hevc, hasAlpha: boolean): number {
  const bytes = bits > 8 ? 2 : 1;
  const alpha = hasAlpha ? 1 : 0;
  const result = bytes * (3 + alpha);
  return 2.5 * (bytes * (samples + alpha) + result) + result;
}

/** Without a profile whose work is unbounded, the picture counts as sRGB. */
function profileIn(reader: Reader, { body, end }: Box): Pick<ImageScan, 'profile'> {
  const bytes = reader.slice(body + COLOUR_TYPE, Math.min(end, reader.length)).rest();
  const profile = boundedProfile(bytes);
  return profile ? { profile } : {};
}
