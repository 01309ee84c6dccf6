import type { Box } from './boxes';
import { EndOfBytes, type Reader } from './reader';

/** What the `hvcC` box of an HEVC picture says of the buffers that its decoder allocates. */
export interface Hevc {
  /** Pixels, before the decoder cuts the edges off. */
  area: number;
  /** Bits of a sample. */
  bits: number;
  /** Samples for each pixel: 1 if it is grey, 1.5 with colours at a quarter of the resolution, up to 3. */
  samples: number;
}

/** Samples by `chroma_format_idc`: ITU-T H.265, table 6-1. */
const SAMPLES = [1, 1.5, 2, 3];

/** `nal_unit_type` of a sequence parameter set: ITU-T H.265, table 7-1. */
const SEQUENCE_PARAMETERS = 33;

/** In a decoder configuration record: ISO 14496-15, 8.3.2.1. */
const FIXED_BYTES = 22;

/** A sequence parameter set has the sizes within its first hundred bytes, even with the most layers that it may have. */
const MOST_BYTES = 256;

/**
 * Reads the sequence parameter sets of an `hvcC` box. The decoder may use any of them, so the largest values count.
 *
 * @returns undefined if there is none, or if one ends early
 */
export function readHevc(reader: Reader, { body, end }: Box): Hevc | undefined {
  let found: Hevc | undefined;
  try {
    const record = reader.slice(body, Math.min(end, reader.length));
    record.position = FIXED_BYTES;
    for (let arrays = record.u8(); arrays > 0; arrays--) {
      const type = record.u8() & 0x3f;
      for (let units = record.u16(); units > 0; units--) {
        const length = record.u16();
        const next = record.position + length;
        if (type === SEQUENCE_PARAMETERS) {
          const unit = record.slice(record.position, next).rest();
          found = largest(readParameters(new Bits(unescaped(unit))), found);
        }
        record.position = next;
      }
    }
  } catch (error) {
    if (error instanceof EndOfBytes) return undefined;
    throw error;
  }
  return found;
}

function largest(one: Hevc, other: Hevc = one): Hevc {
  return {
    area: Math.max(one.area, other.area),
    bits: Math.max(one.bits, other.bits),
    samples: Math.max(one.samples, other.samples),
  };
}

/** The content of a unit without the bytes that keep start codes out of it: ITU-T H.265, 7.3.1.1. */
function unescaped(unit: Uint8Array): number[] {
  const bytes: number[] = [];
  let zeros = 0;
  for (const byte of unit.subarray(0, MOST_BYTES)) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bytes.push(byte);
  }
  return bytes;
}

/** ITU-T H.265, 7.3.2.2.1, up to the bits of a sample. */
function readParameters(bits: Bits): Hevc {
  bits.skip(16 + 4); // the unit's header, and a video parameter set
  const layers = bits.read(3);
  bits.skip(1);
  skipLevels(bits, layers);
  bits.number(); // its own number
  const chroma = bits.number();
  if (chroma === 3) bits.skip(1);
  const area = bits.number() * bits.number();
  if (bits.read(1) === 1) for (let edge = 0; edge < 4; edge++) bits.number();
  const depth = 8 + Math.max(bits.number(), bits.number());
  return { area, bits: depth, samples: SAMPLES[chroma] ?? 3 };
}

/** `profile_tier_level`: ITU-T H.265, 7.3.3. */
function skipLevels(bits: Bits, layers: number): void {
  const [profile, level] = [88, 8];
  bits.skip(profile + level);
  const skipped = Array.from({ length: layers }, () => bits.read(1) * profile + bits.read(1) * level);
  if (layers > 0) bits.skip(2 * (8 - layers));
  for (const count of skipped) bits.skip(count);
}

class Bits {
  private at = 0;

  constructor(private readonly bytes: readonly number[]) {}

  skip(count: number): void {
    this.at += count;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.at++) {
      const byte = this.bytes[this.at >> 3];
      if (byte === undefined) throw new EndOfBytes();
      value = value * 2 + ((byte >> (7 - (this.at & 7))) & 1);
    }
    return value;
  }

  /** An Exp-Golomb code: ITU-T H.265, 9.2. None stands for a number of more than 32 bits. */
  number(): number {
    let zeros = 0;
    while (this.read(1) === 0) if (++zeros > 32) throw new EndOfBytes();
    return 2 ** zeros - 1 + this.read(zeros);
  }
}
