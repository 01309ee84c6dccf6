import { AwsError } from '../service';
import { invalidRequest } from './errors';

/** Longer than any line of aws-chunked framing, but short enough to refuse other data soon. */
const MAX_LINE = 4096;

/** Reads lines and counted bytes from a stream, in whatever pieces it arrives. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The bytes up to the next CR LF, without it. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#buffer.toString('latin1', 0, end);
        this.#buffer = this.#buffer.subarray(end + 2);
        return line;
      }
      if (this.#buffer.length > MAX_LINE) throw tooLong();
      if (!(await this.#fill())) throw incomplete();
    }
  }

  /** Exactly `count` bytes, in pieces. */
  async *bytes(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.#buffer.length === 0 && !(await this.#fill())) throw incomplete();
      const piece = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async atEnd(): Promise<boolean> {
    while (this.#buffer.length === 0) if (!(await this.#fill())) return true;
    return false;
  }

  /** Releases the stream, so that whatever is left in it can be discarded. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #fill(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done) return false;
    this.#buffer = this.#buffer.length === 0 ? value : Buffer.concat([this.#buffer, value]);
    return true;
  }
}

const incomplete = () => new AwsError('IncompleteBody', 'The request body terminated unexpectedly', 400);

const tooLong = () =>
  invalidRequest(
    `Expected a line of at most ${MAX_LINE} bytes in the aws-chunked body but received a longer one.`,
  );
