/** Settings of images: which are taken, and what is made of them. */
import { INPUT_FORMATS } from '../../contract/formats';
import { flag, group, integer, list, oneOf, text } from './expectations';
import { keyPrefix } from './names';

const name = (what: string) =>
  text(
    /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/,
    `a ${what} name of 1 to 32 characters: a-z, 0-9, and "-" inside`,
  );

const side = (what: string) =>
  integer(1, 10_000)
    .optional()
    .meta({ description: `Greatest ${what} in pixels. Width, height or both.` });

const variant = group({
  name: name('variant').meta({
    description: 'Names the thumbnail: `<source key>/<variant>.<extension>`.',
  }),
  width: side('width'),
  height: side('height'),
  fit: oneOf(['inside', 'cover', 'contain', 'fill']).default('inside').meta({
    description:
      '`inside` keeps the whole image within the box, `cover` fills the box and crops, `contain` pads to the box, `fill` stretches. Nothing is enlarged.',
  }),
  format: oneOf(['same', 'jpeg', 'webp', 'avif', 'png'])
    .default('same')
    .meta({ description: 'Format of the thumbnail; `same` keeps that of the source.' }),
  quality: integer(1, 100).default(80).meta({ description: 'Encoder quality of jpeg, webp and avif.' }),
  // Without a default, so that what was stored before there was such a thing stays as it was.
  lazy: flag().optional().meta({
    description:
      'Whether the thumbnail is made when it is first asked for (docs/delivery.md) rather than with the upload, as it is without this. It takes `delivery.enabled`. An upload whose name asks for a size has its thumbnail made at once.',
  }),
}).refine((value) => value.width !== undefined || value.height !== undefined, {
  error: 'expected a width, a height or both, received neither',
});

const preset = group({
  name: name('preset').meta({ description: 'Stands in the record and in the message.' }),
  prefix: keyPrefix()
    .default('')
    .meta({ description: 'Keys that start with this use the preset; the longest match wins.' }),
  variants: list(variant, { least: 1, most: 20, identity: (item) => item.name }).meta({
    description: 'Thumbnails to make of each image.',
  }),
});

export const presets = list(preset, { least: 1, most: 20, identity: (item) => item.name })
  .default([
    {
      name: 'default',
      prefix: '',
      variants: [{ name: 'thumbnail', width: 200, height: 200, fit: 'inside', format: 'same', quality: 80 }],
    },
  ])
  .meta({ description: 'Thumbnails to make, by key prefix.' });

export const sizeFromName = group({
  enabled: flag().default(false).meta({
    description:
      'Whether a name that ends in `-<width>x<height>` before its suffix asks for that size, as `canyon-400x300.jpg` does. Such an image gets one thumbnail instead of those of its preset: the first variant, with its name, fit, format and quality, and this width and height. Nothing is enlarged.',
  }),
  maxSide: integer(1, 10_000).default(2_000).meta({
    description:
      'Greatest width and height in pixels that a name may ask for. Beyond it the name asks for nothing and the preset holds: it may tell the size of the image itself, and that is no mistake.',
  }),
})
  .prefault({})
  .meta({ description: 'The size of a thumbnail, taken from the name of the upload.' });

export const accept = list(oneOf(INPUT_FORMATS), {
  least: 1,
  most: 6,
  identity: (format) => format,
})
  .default(['jpeg', 'png', 'webp', 'gif'])
  .meta({
    description:
      'Formats that are decoded, judged by the bytes and not by the name. `avif` and `tiff` have decoders with a worse record of vulnerabilities.',
  });

export const limits = group({
  bytes: integer(1, 256 * 1024 * 1024)
    .default(50 * 1024 * 1024)
    .meta({ description: 'Greatest size of an image in bytes.' }),
  pixels: integer(1, 268_402_689)
    .default(50_000_000)
    .meta({ description: 'Greatest width × height. 50 million pixels need up to 1 GB to decode.' }),
  side: integer(1, 65_535)
    .default(16_384)
    .meta({ description: 'Greatest width and greatest height in pixels.' }),
  frames: integer(1, 10_000)
    .default(1_000)
    .meta({ description: 'Greatest number of frames of an animation. The first one is used.' }),
})
  .prefault({})
  .meta({ description: 'Images beyond a limit fail with `ImageTooLarge`.' });

export const output = group({
  cacheControl: text(
    /^(?!.*[$%]\{)[\x20-\x7e]{1,256}$/,
    'a Cache-Control header of 1 to 256 ASCII characters without "${" or "%{"',
  )
    .default('public, max-age=1209600')
    .meta({ description: 'Cache-Control header of every thumbnail. The default is 14 days.' }),
  background: text(/^#[0-9a-f]{6}$/i, 'a colour such as "#ffffff"')
    .default('#ffffff')
    .meta({
      description: 'Colour under transparent parts where the output format has no transparency.',
    }),
})
  .prefault({})
  .meta({ description: 'How thumbnails are written.' });
