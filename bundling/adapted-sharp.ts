/**
 * sharp's JavaScript, prepared for bundling. As npm installs it, it is 60 files, which take several times as long to load as
 * its native library (docs/adr/0008-sharp-inside-the-bundle.md).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdaptedPackage } from './adapted-package';

const substitute = (name: string) => readFileSync(join(__dirname, 'substitutes', name), 'utf8');

/** Path of the copy's entry. If the metafile lists it, the bundle contains sharp. */
export const SHARP_ENTRY = 'node_modules/sharp/sharp.cjs';

export const SHARP: AdaptedPackage = {
  name: 'sharp',
  folder: 'dist',
  ending: '.cjs',
  entry: 'sharp.cjs',
  changed: {
    'dist/index.cjs': (original) => original,
    // It searches for the native library.
    'dist/sharp.cjs': () => substitute('sharp-addon.cjs'),
    // It is needed only to build the native library.
    'dist/libvips.cjs': () => substitute('sharp-platform.cjs'),
    // It asks libvips and the system for much that no function needs.
    'dist/utility.cjs': () => substitute('sharp-utility.cjs'),
  },
  added: { 'sharp.cjs': substitute('sharp.cjs') },
};
