/** Settings of images: which are accepted, and which thumbnails are made. */
import { EXIF_FIELDS } from '../../contract/details';
import { INPUT_FORMATS } from '../../contract/formats';
import { flag, group, integer, list, oneOf, text } from './expectations';
import { keyPrefix } from './names';

/** "108 megapixels" are up to 12,032 × 9,024 = 108,576,768 pixels, "50 megapixels" 8,192 × 6,144 = 50,331,648. */
const PIXELS = 109_000_000;

const name = (what: string) =>
  text(
    /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/,
    `a ${what} name of 1 to 32 characters: a-z, 0-9, and "-" inside`,
  );

const side = (what: string) =>
  integer(1, 10_000)
    .optional()
    .meta({ description: `Maximum ${what} in pixels. Set width, height or both.` });

const hasBox = (value: { width?: number | undefined; height?: number | undefined }) =>
  value.width !== undefined && value.height !== undefined;

/** Without a colour, a JPEG has that of the settings. */
const isOpaque = (colour = '#ffffff') => /^#(.{6}|.{6}ff)$/i.test(colour);

const POSITIONS = [
  'centre',
  'north',
  'northeast',
  'east',
  'southeast',
  'south',
  'southwest',
  'west',
  'northwest',
  'attention',
  'entropy',
] as const;

const variant = group({
  name: name('variant').meta({
    description: 'Part of the thumbnail’s key: `<source key>/<variant>.<extension>`.',
  }),
  width: side('width'),
  height: side('height'),
  fit: oneOf(['inside', 'cover', 'contain', 'fill']).default('inside').meta({
    description:
      '`inside` shows the whole image within the box. `cover` has the proportions of the box and shows the middle of the image, or the part that `position` says. `contain` has exactly the size of the box, with the whole image in its middle. `fill` stretches the whole image to at most the width and height of the box. All but `inside` need a width and a height. Nothing is enlarged without `enlarge`.',
  }),
  position: oneOf(POSITIONS).optional().meta({
    description:
      'The part of the image that `cover` keeps: `centre`, an edge or a corner by its direction (`north` is the top, `northeast` the top right), or what the picture itself says. `attention` keeps where there are skin tones, saturated colours and contrast; `entropy` keeps where there is most detail. Neither recognizes faces or objects. Both look at a copy of 256 px, so that every size of one shape shows the same part, and take about 15 ms. Without it, `centre`.',
  }),
  format: oneOf(['same', 'jpeg', 'webp', 'avif', 'png', 'gif'])
    .default('same')
    .meta({ description: 'Format of the thumbnail; `same` keeps that of the source.' }),
  animated: flag().optional().meta({
    description:
      'Whether the thumbnail of an animated GIF or WebP moves: every frame, with its delay, as often as the original. Needs the format `same`, `webp` or `gif`. An animation of more than 1,000 frames, or of more work than `limits.animatedPixels`, gets a still, and the record and the message say why. Without it, and of an animated PNG, the thumbnail shows one frame. With `attention` and `entropy`, the first frame decides which part all of them show.',
  }),
  quality: integer(1, 100).optional().meta({
    description:
      'Encoder quality of jpeg, webp and avif. By default 80 for jpeg and webp, and 65 for avif, which looks about the same. A JPEG that is not scaled never gets a higher quality than it had.',
  }),
  lossless: flag().optional().meta({
    description:
      'Whether webp and avif are lossless, which takes several times the bytes. png always is, unless the image itself has a palette.',
  }),
  progressive: flag().optional().meta({
    description:
      'Whether jpeg and png show a coarse picture while they load. By default jpeg does from 65,536 pixels on, where that takes fewer bytes, and png never does.',
  }),
  enlarge: flag().optional().meta({
    description:
      'Whether an image smaller than the box is enlarged to it, so that `cover`, `contain` and `fill` give exactly its size. Needs a width and a height.',
  }),
  background: text(
    /^(#[0-9a-f]{6}([0-9a-f]{2})?|transparent)$/i,
    'a colour such as "#ffffff" or "#ffffff80", or "transparent"',
  )
    .optional()
    .meta({
      description:
        'The colour behind an image with the fit `contain`, in its padding and under its transparent parts: `#rrggbb`, `#rrggbbaa` with an opacity, or `transparent`. Without it, both are transparent in png, webp, avif and gif, and have the colour `output.background` in jpeg. With the format `same`, a JPEG shows `output.background` through what is transparent here. A GIF has no partial opacity: from half on it is opaque.',
    }),
  sharpen: flag().optional().meta({
    description:
      'Whether an image that is scaled down is sharpened a little, which makes fine detail of photographs crisper at 100 to 400 px, for 8 to 13 % more bytes and about 3 ms. Off by default: drawings and text get light edges, and what exists keeps its bytes.',
  }),
  // Without a default, so that what was stored before there was such a thing stays as it was.
  lazy: flag().optional().meta({
    description:
      'Whether the thumbnail is made when it is first requested (docs/delivery.md) rather than at upload. Needs `delivery.enabled`. If the name of an upload asks for a size, its thumbnail is made at upload all the same.',
  }),
})
  .refine((value) => value.width !== undefined || value.height !== undefined, {
    error: 'expected a width, a height or both, received neither',
  })
  .refine((value) => value.fit === 'inside' || hasBox(value), {
    path: ['fit'],
    error:
      'expected a width and a height with this fit, received one of them: without a box there is nothing to fill; add the other or use "inside"',
  })
  .refine((value) => value.position === undefined || value.fit === 'cover', {
    path: ['position'],
    error:
      'expected the fit "cover" with it, which alone cuts parts of an image off; change the fit or leave it out',
  })
  .refine((value) => value.background === undefined || value.fit === 'contain', {
    path: ['background'],
    error:
      'expected the fit "contain" with it, which alone pads an image; change the fit, leave it out, or use output.background for transparent images',
  })
  .refine((value) => value.format !== 'jpeg' || isOpaque(value.background), {
    path: ['background'],
    error:
      'expected an opaque colour such as "#ffffff" with the format "jpeg", which has no transparency; change the colour or the format',
  })
  .refine((value) => !value.enlarge || hasBox(value), {
    path: ['enlarge'],
    error:
      'expected a width and a height with it, received one of them: a narrow image could grow without end; add the other',
  })
  .refine((value) => value.quality === undefined || value.format !== 'png', {
    path: ['quality'],
    error: 'expected no quality with the format "png", which has none; leave it out',
  })
  .refine((value) => value.quality === undefined || value.format !== 'gif', {
    path: ['quality'],
    error: 'expected no quality with the format "gif", which has none; leave it out',
  })
  .refine((value) => !value.animated || ['same', 'webp', 'gif'].includes(value.format), {
    path: ['animated'],
    error:
      'expected the format "same", "webp" or "gif" with it: thumbnails in the others do not move; change the format or leave it out',
  })
  .refine((value) => !value.lossless || value.format === 'webp' || value.format === 'avif', {
    path: ['lossless'],
    error:
      'expected the format "webp" or "avif" with it: jpeg cannot be lossless and png always is; change the format or leave it out',
  })
  .refine((value) => !value.lossless || value.quality === undefined, {
    path: ['lossless'],
    error: 'expected no quality with it, which it would leave without effect; leave one of them out',
  })
  .refine((value) => value.progressive === undefined || value.format === 'jpeg' || value.format === 'png', {
    path: ['progressive'],
    error:
      'expected the format "jpeg" or "png" with it: the others know no such thing; change the format or leave it out',
  });

const preset = group({
  name: name('preset').meta({ description: 'Name of the preset in records and messages.' }),
  prefix: keyPrefix()
    .default('')
    .meta({ description: 'Keys that start with this use the preset; the longest match wins.' }),
  variants: list(variant, { least: 1, most: 20, identity: (item) => item.name }).meta({
    description: 'Thumbnails to make of each image.',
  }),
  // Without defaults, so that what was stored before there was such a thing stays as it was.
  placeholders: flag().optional().meta({
    description:
      'Whether a ThumbHash, a tiny blurred picture and the dominant colour of each image go into its record, into the message and into the answer of the upload API, to be shown while a thumbnail loads (docs/details.md). Then each upload is decoded even if every variant is lazy.',
  }),
  exif: list(oneOf(EXIF_FIELDS), { least: 1, most: EXIF_FIELDS.length, identity: (field) => field })
    .optional()
    .meta({
      description:
        'What the camera wrote into the file that goes into the record, into the message and into the answer of the upload API (docs/details.md). Without it, nothing does. `gps` is where the picture was taken, which often is someone’s home: name it only if your users agreed to that.',
    }),
});

export const presets = list(preset, { least: 1, most: 20, identity: (item) => item.name })
  .default([
    {
      name: 'default',
      prefix: '',
      variants: [{ name: 'thumbnail', width: 200, height: 200, fit: 'inside', format: 'same' }],
    },
  ])
  .meta({ description: 'Thumbnails to make, by key prefix.' });

export const sizeFromName = group({
  enabled: flag().default(false).meta({
    description:
      'Whether a name that ends in `-<width>x<height>` before its suffix asks for that size, for example `canyon-400x300.jpg`. Such an image gets a single thumbnail with that width and height; its name, fit, format and quality are those of the preset’s first variant. Nothing is enlarged.',
  }),
  maxSide: integer(1, 10_000).default(2_000).meta({
    description:
      'The largest width and height in pixels that a name may ask for. If a name asks for more, its preset applies as usual, because the name may just state the size of the image itself.',
  }),
})
  .prefault({})
  .meta({ description: 'Takes the size of a thumbnail from the name of the upload.' });

export const accept = list(oneOf(INPUT_FORMATS), {
  least: 1,
  most: 7,
  identity: (format) => format,
})
  .default(['jpeg', 'png', 'webp', 'gif'])
  .meta({
    description:
      'Accepted image formats. The bytes decide the format, not the name. The decoders for `avif`, `tiff` and `heic` have had more vulnerabilities than the others. HEIC is the format of iPhone photos. Its coding, HEVC, is patented: whether you need a licence is for you to find out (docs/heic.md). Its decoder goes into the packages of the functions only if `heic` is in this list.',
  });

export const limits = group({
  bytes: integer(1, 256 * 1024 * 1024)
    .default(50 * 1024 * 1024)
    .meta({ description: 'Maximum size of an image in bytes.' }),
  pixels: integer(1, 268_402_689).default(PIXELS).meta({
    description:
      'Maximum width × height. The default accepts images from cameras with 50, 64 and 108 megapixels. docs/performance.md says how much memory that needs. An AVIF can take 26 bytes per pixel, and a HEIC from 14 to 48, depending on its bits and colours, so one with more pixels than fit into `functions.thumbnail.memoryMb` (by default 66 million of an AVIF, 120 million of an iPhone’s HEIC) is refused even if this allows it.',
  }),
  animatedPixels: integer(1, 1_000_000_000).default(100_000_000).meta({
    description:
      'How much work the animated thumbnails of one image may take, in pixels: frames × (width × height of the original + 6 × those of each animated thumbnail that is made with it, and 50,000 for each of these pictures). The default takes up to about 13 s of one vCPU. It is enough for 60 frames of 480 × 360 in their own size, or 150 frames of 640 × 480 for a thumbnail of 200 px. An animation that takes more gets stills. Only variants with `animated` use it.',
  }),
  side: integer(1, 65_535).default(65_535).meta({
    description:
      'Maximum width and maximum height in pixels. The default is the longest side a JPEG can have; the cost of an image depends on `limits.pixels`.',
  }),
})
  .prefault({})
  .meta({ description: 'Larger images fail with `ImageTooLarge`.' });

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
      description: 'Background colour for transparent parts, if the output format has no transparency.',
    }),
})
  .prefault({})
  .meta({ description: 'How thumbnails are written.' });
