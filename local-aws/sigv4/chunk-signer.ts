import { createHash, createHmac } from 'node:crypto';

const EMPTY_SHA256 = createHash('sha256').digest('hex');

/**
 * Computes the signatures of the chunks of one `STREAMING-AWS4-HMAC-SHA256-PAYLOAD` body. Each signature includes the
 * previous one, so they must be requested in order.
 *
 * Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 */
export class ChunkSigner {
  #previous: string;

  /**
   * @param key signing key, derived for the scope
   * @param time `X-Amz-Date` of the request
   * @param scope credential scope, `date/region/service/aws4_request`
   * @param seed signature of the request's headers
   */
  constructor(
    private readonly key: Uint8Array,
    private readonly time: string,
    private readonly scope: string,
    seed: string,
  ) {
    this.#previous = seed;
  }

  /** @param sha256 hash of the chunk's data, in hexadecimal */
  chunk(sha256: string): string {
    return this.#sign('AWS4-HMAC-SHA256-PAYLOAD', EMPTY_SHA256, sha256);
  }

  /** @param sha256 hash of the canonical trailing headers, in hexadecimal */
  trailer(sha256: string): string {
    return this.#sign('AWS4-HMAC-SHA256-TRAILER', sha256);
  }

  #sign(algorithm: string, ...hashes: string[]): string {
    const text = [algorithm, this.time, this.scope, this.#previous, ...hashes].join('\n');
    this.#previous = createHmac('sha256', this.key).update(text).digest('hex');
    return this.#previous;
  }
}
