/** The image work of Thumbnail, from bytes to thumbnails, called as the function calls it. */

import type { Variant } from '../../functions/lib/image/presets';
import { type Rendered, render } from '../../functions/lib/image/render';
import { type ImageScan, scan } from '../../functions/lib/prescan';

/** @param sides longest side of each thumbnail, in pixels */
export function thumbnails(bytes: Buffer, sides: number[], format: 'jpeg' | 'png'): Promise<Rendered[]> {
  const found = scan(bytes, { whole: true }) as ImageScan;
  const wanted = sides.map((side) => ({ variant: variant(side), format }));
  const limits = { maxPixels: 50_000_000, background: '#ffffff' };
  return render(bytes, found, wanted, limits);
}

const variant = (side: number): Variant => ({
  name: String(side),
  width: side,
  height: side,
  fit: 'inside',
  format: 'same',
  quality: 80,
});
