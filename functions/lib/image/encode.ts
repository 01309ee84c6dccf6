import type { Sharp } from 'sharp';
import type { OutputFormat } from '../../../contract/formats';

/**
 * Pixels up to which bytes count for more than CPU. Trellis quantisation and tables of Huffman codes made for the image save a
 * tenth of the bytes for three times the CPU of the encoder, 4 ms at 200 px; at 1,600 px the tables alone save 1 to 3 % for twice
 * the CPU, 20 ms (docs/performance.md).
 */
const THOROUGH_MAX_PIXELS = 256 * 256;

/** Formats that can hold transparency. */
export const KEEPS_ALPHA: Record<OutputFormat, boolean> = {
  jpeg: false,
  png: true,
  webp: true,
  avif: true,
  gif: true,
};

/**
 * Sets the output format. The efforts below the codecs' defaults give files 0 to 10 % larger in a half (WebP) to a
 * seventh (AVIF) of the time: bench/ shows it.
 *
 * @param quality 1 to 100; PNG and GIF have none
 * @param pixels of the output
 */
export function encode(image: Sharp, format: OutputFormat, quality: number, pixels: number): Sharp {
  switch (format) {
    case 'jpeg': {
      const thorough = pixels <= THOROUGH_MAX_PIXELS;
      return image.jpeg({ quality, optimiseCoding: thorough, trellisQuantisation: thorough });
    }
    case 'png':
      return image.png({ compressionLevel: 9 });
    case 'webp':
      return image.webp({ quality, effort: 2 });
    case 'avif':
      return image.avif({ quality, effort: 2 });
    case 'gif':
      return image.gif({ effort: 3 });
  }
}
