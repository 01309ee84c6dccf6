/** A `Reader` throws it if asked for bytes past its end. `scan` turns it into an answer, so its callers never see it. */
export class EndOfBytes extends Error {
  override readonly name = 'EndOfBytes';
}

/**
 * A cursor that cannot leave its bytes: `position` may be set anywhere, but every read checks the bounds first and throws
 * `EndOfBytes`. All parsers of this folder read through it, and none allocates memory by a number that it has read.
 */
export class Reader {
  position: number;
  littleEndian: boolean;
  readonly length: number;
  private readonly view: DataView;
  private native: Buffer | undefined;

  constructor(
    private readonly bytes: Uint8Array,
    options: { position?: number; littleEndian?: boolean } = {},
  ) {
    this.length = bytes.length;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = options.position ?? 0;
    this.littleEndian = options.littleEndian ?? false;
  }

  /** Whether there are `count` more bytes at the cursor. */
  has(count: number): boolean {
    return this.position + count <= this.length;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), this.littleEndian);
  }

  u24(): number {
    const [low, high] = this.littleEndian ? [this.u16(), this.u8()] : [this.u8(), this.u16()];
    return this.littleEndian ? high * 0x10000 + low : low * 0x10000 + high;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), this.littleEndian);
  }

  /** Exact up to 2^53, which is past the end of any file. Larger values are only compared with a length. */
  u64(): number {
    const [first, second] = [this.u32(), this.u32()];
    return this.littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
  }

  /** `count` bytes as Latin-1 text, for the four-letter names of chunks and boxes. */
  text(count: number): string {
    const start = this.take(count);
    return String.fromCharCode(...this.bytes.subarray(start, start + count));
  }

  /** Whether the bytes at the cursor are this Latin-1 text; moves past it if so. */
  skipText(expected: string): boolean {
    if (!this.has(expected.length)) return false;
    for (let i = 0; i < expected.length; i++) {
      if (this.bytes[this.position + i] !== expected.charCodeAt(i)) return false;
    }
    this.position += expected.length;
    return true;
  }

  /**
   * Moves past the next marker of a JPEG and returns its code. A stuffed 0xff (0xff00) and the restart markers RSTn are no
   * markers here, because they belong to the data of a scan. If there is none, it moves to the end and returns undefined.
   *
   * A single loop, because the data of a photograph have a stuffed byte every few hundred bytes, and this is code that a new
   * process runs before V8 has compiled it.
   */
  nextMarker(): number | undefined {
    const { bytes, length } = this;
    this.native ??= Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = this.native.indexOf(0xff, this.position);
    while (at >= 0) {
      while (bytes[at] === 0xff) at++; // any number of 0xff may fill up before a marker
      if (at >= length) break;
      const code = bytes[at++] as number;
      if (code !== 0x00 && (code < 0xd0 || code > 0xd7)) {
        this.position = at;
        return code;
      }
      at = this.native.indexOf(0xff, at);
    }
    this.position = length;
    return undefined;
  }

  /** A reader over the bytes from `start` up to `end`, which must all be there. */
  slice(start: number, end: number): Reader {
    if (end > this.length) throw new EndOfBytes();
    return new Reader(this.bytes.subarray(start, end), { littleEndian: this.littleEndian });
  }

  /** Yields the sub-blocks of a GIF from `start` up to the empty one, or to the end of the bytes. */
  *subBlocks(start: number): Generator<Uint8Array> {
    let at = start;
    for (;;) {
      const length = this.bytes[at] ?? 0;
      if (length === 0) return;
      yield this.bytes.subarray(at + 1, at + 1 + length);
      at += 1 + length;
    }
  }

  /** The bytes from the cursor to the end. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.position);
  }

  private take(count: number): number {
    const at = this.position;
    if (at + count > this.length) throw new EndOfBytes();
    this.position = at + count;
    return at;
  }
}
