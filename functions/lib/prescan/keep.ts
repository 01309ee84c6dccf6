/**
 * Collects, in order, the ranges of a file that are kept. Ranges that touch become one; where all of the file is kept
 * nothing is copied. It never allocates more than the file's own length.
 */
export class Keep {
  private out: Uint8Array | undefined;
  private written = 0;
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

  /** What was kept: the same array where that is all of it, otherwise a new one. */
  result(): Uint8Array {
    if (this.out === undefined && this.start === 0 && this.end === this.bytes.length) return this.bytes;
    return this.flush().subarray(0, this.written);
  }

  private flush(): Uint8Array {
    this.out ??= Buffer.allocUnsafe(this.bytes.length);
    const range = this.bytes.subarray(this.start, this.end);
    this.out.set(range, this.written);
    this.written += range.length;
    this.start = this.end;
    return this.out;
  }
}
