/** How much of a file Validate reads, for the kinds of headers that real files have. */
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { examine, HEAD_BYTES } from '../../functions/lib/image/examine';
import type { Picture } from '../images/pictures';

/** A file, and how many bytes of it were read. */
export interface Read {
  name: string;
  format: string;
  size: number;
  read: number;
}

/** How much Validate reads of each of these pictures. */
export async function readsOf(pictures: Picture[]): Promise<Read[]> {
  return Promise.all(pictures.map(async ({ name, file }) => readOf(name, await readFile(file))));
}

/** How much Validate reads of generated files: one of each kind that matters to it, all larger than its first read. */
export async function readsOfKinds(): Promise<Read[]> {
  return Promise.all(KINDS.map(async ([name, build]) => readOf(name, await build())));
}

async function readOf(name: string, bytes: Buffer): Promise<Read> {
  let read = 0;
  const source = { bucket: 'uploads', key: name, version: null, etag: '', sequencer: '' };
  const { format } = await examine(source, SETTINGS, {
    readHead: async (_, length) => {
      const head = bytes.subarray(0, length);
      read += head.length;
      return { bytes: head, totalBytes: bytes.length };
    },
    readWhole: async () => {
      read += bytes.length;
      return bytes;
    },
  });
  return { name, format, size: bytes.length, read };
}

const SETTINGS = {
  accepted: ['jpeg', 'png', 'webp', 'gif'] as const,
  limits: { bytes: 1e9, pixels: 1e9, side: 1e5 },
  presets: [{ name: 'any', prefix: '', variants: [] }],
  background: '#ffffff',
  prefix: '',
  maxSideFromName: 0,
};

const KB = 1024;

/** Noise, which no format compresses well. */
const noise = () =>
  sharp({
    create: {
      width: 600,
      height: 600,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });

/** A JPEG with segments of these markers and sizes before its frame header, as cameras and editors write them. */
const jpeg =
  (...segments: [marker: number, size: number][]) =>
  async () => {
    const plain = await noise().jpeg({ quality: 95 }).toBuffer();
    const parts = segments.flatMap(([marker, size]) =>
      Array.from({ length: Math.ceil(size / LARGEST) }, (_, n) =>
        segment(marker, Math.min(LARGEST, size - n * LARGEST)),
      ),
    );
    return Buffer.concat([plain.subarray(0, 2), ...parts, plain.subarray(2)]);
  };

/** The most bytes that one segment of a JPEG can hold. */
const LARGEST = 65_533;

function segment(marker: number, size: number): Buffer {
  const bytes = Buffer.alloc(size + 4);
  bytes.writeUInt16BE(0xff00 | marker);
  bytes.writeUInt16BE(size + 2, 2);
  return bytes;
}

const made = (as: (image: Sharp) => Sharp) => async () =>
  as(sharp(await noise().png().toBuffer())).toBuffer();

const animated = (as: (image: Sharp) => Sharp) => async () => {
  const frames = await Promise.all([noise().png().toBuffer(), noise().png().toBuffer()]);
  return as(sharp(frames, { join: { animated: true } })).toBuffer();
};

const EXIF = 0xe1;
const ICC = 0xe2;
const PHOTOSHOP = 0xed;

const KINDS: [name: string, build: () => Promise<Buffer>][] = [
  ['JPEG from a web page, without metadata', jpeg()],
  ['JPEG from a phone: EXIF with a 10 KB thumbnail, 0.5 KB profile', jpeg([EXIF, 12 * KB], [ICC, 548])],
  ['JPEG from a camera: EXIF with maker notes and a thumbnail, 60 KB in all', jpeg([EXIF, 60 * KB])],
  [
    'JPEG from an editor: EXIF, 20 KB of XMP, 3 KB profile, 30 KB of Photoshop blocks',
    jpeg([EXIF, 12 * KB], [PHOTOSHOP, 30 * KB], [EXIF, 20 * KB], [ICC, 3 * KB]),
  ],
  ['JPEG with an index of further pictures, which follow the first', jpeg([EXIF, 30 * KB], [ICC, 90])],
  ['JPEG with a 100 KB preview in its metadata', jpeg([EXIF, 12 * KB], [ICC, 100 * KB])],
  ['JPEG with a print profile, 550 KB', jpeg([EXIF, 12 * KB], [ICC, 550 * KB])],
  ['JPEG with a depth map in its XMP, 300 KB', jpeg([EXIF, 300 * KB])],
  ['PNG', made((image) => image.png())],
  [
    'PNG with EXIF and a profile',
    made((image) => image.withIccProfile('p3').withMetadata({ orientation: 6 }).png()),
  ],
  ['WebP', made((image) => image.webp({ quality: 95 }))],
  [
    'WebP with alpha and a profile',
    made((image) => image.ensureAlpha(0.5).withIccProfile('p3').webp({ quality: 95 })),
  ],
  ['WebP with EXIF', made((image) => image.withMetadata({ orientation: 6 }).webp({ quality: 95 }))],
  ['WebP, animated', animated((image) => image.webp({ quality: 95, effort: 0 }))],
  ['GIF', made((image) => image.gif({ effort: 1 }))],
  ['GIF, animated', animated((image) => image.gif({ effort: 1 }))],
];

export const isWithinHead = ({ read }: Read) => read <= HEAD_BYTES;
