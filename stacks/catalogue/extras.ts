/** Files that functions load while they run, and that only some settings need. */
import type { FunctionName } from '../../contract/environment';
import type { ReadSettings } from './entry';

interface Extra {
  label: string;
  functions: readonly FunctionName[];
  files: Readonly<Record<string, string>>;
}

const LIBHEIF = 'node_modules/libheif-js';

/**
 * The decoder of HEIC, as files of its own: the LGPL asks that whoever deploys it can replace it, and that its licence comes
 * with it.
 */
const HEIC: Extra = {
  label: 'heic',
  functions: ['thumbnail', 'render'],
  files: {
    'heic-worker.cjs': 'functions/lib/image/heic-worker.cjs',
    ...Object.fromEntries(
      [
        'package.json',
        'LICENSE',
        'libheif-wasm/LICENSE',
        'libheif-wasm/libheif.js',
        'libheif-wasm/libheif.wasm',
      ]
        .map((name) => `${LIBHEIF}/${name}`)
        .map((path) => [path, path]),
    ),
  },
};

/** What main.ts puts into the packages besides the functions' code. */
export const extrasFor = ({ accept }: ReadSettings): Extra[] => (accept.includes('heic') ? [HEIC] : []);
