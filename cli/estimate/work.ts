/** How large one image is, and how much work its thumbnails are. */
import measures from './measures.json';
import type { PricedStack, Variant } from './stack';
import type { Workload } from './workload';

/** An average upload. */
type Upload = Pick<Workload, 'megabytes' | 'heic'>;

/** 1,024 to the power of three. */
export const GB = 1024 ** 3;

export const SECONDS_PER_MONTH = 730 * 3600;
export const DAYS_PER_MONTH = 30;

const ENCODE: Record<Variant['format'], number> = measures.encodeMsPerMegapixel.value;
const BYTES_PER_PIXEL: Record<Variant['format'], number> = measures.bytesPerPixel.value;

/** Megapixels of an average upload. */
export function megapixels(
  { maxPixels }: Pick<PricedStack, 'maxPixels'>,
  { megabytes }: { megabytes: number },
): number {
  return Math.min(megabytes / measures.megabytesPerMegapixel.value, maxPixels / 1e6);
}

/** Megapixels of a thumbnail of a picture of 4:3 that fits into the box. */
function area({ width, height }: Variant): number {
  const wide = Math.min(width ?? Number.POSITIVE_INFINITY, ((height ?? Number.POSITIVE_INFINITY) * 4) / 3);
  return (wide * wide * 3) / 4 / 1e6;
}

export const bytesOf = (variant: Variant): number => area(variant) * 1e6 * BYTES_PER_PIXEL[variant.format];

/** Milliseconds of one full processor for one decode and all variants; without a variant, nothing is decoded. */
export function workMs(variants: Variant[], stack: PricedStack, image: Upload): number {
  return variants.length === 0 ? 0 : decodingMs(stack, image) + encodingMs(variants);
}

/** Milliseconds of one full processor for an upload: its variants that are not lazy, and its placeholders. */
export function uploadMs(stack: PricedStack, image: Upload): number {
  const { eager } = variantsOf(stack);
  if (!stack.presets[0]!.placeholders) return workMs(eager, stack, image);
  return decodingMs(stack, image) + encodingMs(eager) + measures.placeholdersMs.value;
}

function decodingMs(stack: PricedStack, image: Upload): number {
  const { others, heic } = measures.decodeMsPerMegapixel.value;
  const perMegapixel = (1 - image.heic) * others + image.heic * heic;
  return megapixels(stack, image) * perMegapixel * measures.handlerFactor.value;
}

const encodingMs = (variants: Variant[]): number =>
  sum(variants.map((variant) => area(variant) * ENCODE[variant.format])) * measures.handlerFactor.value;

/** Bytes of the record of an image that is done. */
export function recordBytes({ presets: [preset] }: PricedStack): number {
  const { base, perVariant, placeholders, exif } = measures.recordBytes.value;
  const details = (preset!.placeholders ? placeholders : 0) + (preset!.exif ? exif : 0);
  return base + perVariant * preset!.variants.length + details;
}

/** How much longer work takes with the memory of a function. One thread does it, so more than one processor is of no use. */
export function slowdown({ memoryMb }: PricedStack, name: string): number {
  const full = measures.fullVcpuMb.value;
  return Math.max(1, full / (memoryMb[name] ?? full));
}

/** Variants of the preset that all images use: those made with the upload, and those made on request. */
export function variantsOf({ presets }: PricedStack): { eager: Variant[]; lazy: Variant[] } {
  const { variants } = presets[0]!;
  return { eager: variants.filter(({ lazy }) => !lazy), lazy: variants.filter(({ lazy }) => lazy) };
}

export function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
