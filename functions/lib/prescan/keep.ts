/**
 * Collects, in order, the ranges of a file that are kept and what replaces others. Ranges that touch become one. If all of
 * the file is kept, nothing is copied.
 */
export class Keep {
  private readonly parts: Uint8Array[] = [];
  private start = 0;
  private end = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Keeps the bytes from `start` up to `end`. A range that runs past the file is kept as far as it goes. */
  range(start: number, end: number): void {
    if (start !== this.end) {
      this.flush();
      this.start = start;
    }
    this.end = Math.min(end, this.bytes.length);
  }

  /** Puts these bytes here instead of those that are not kept. */
  insert(bytes: Uint8Array): void {
    this.flush();
    this.parts.push(bytes);
  }

  /** Puts `bytes` in place of as many from `start` on. If they are the file's own, nothing is copied. */
  replace(start: number, bytes: Uint8Array): void {
    const isOwn = bytes.buffer === this.bytes.buffer && bytes.byteOffset === this.bytes.byteOffset + start;
    if (isOwn) {
      this.range(start, start + bytes.length);
    } else {
      this.insert(bytes);
      this.start = this.end = start + bytes.length;
    }
  }

  /** What was kept: the same array if that is all of it, otherwise a new one. */
  result(): Uint8Array {
    if (this.parts.length === 0 && this.start === 0 && this.end === this.bytes.length) return this.bytes;
    this.flush();
    return Buffer.concat(this.parts);
  }

  private flush(): void {
    if (this.end > this.start) this.parts.push(this.bytes.subarray(this.start, this.end));
    this.start = this.end;
  }
}
