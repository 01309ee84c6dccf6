import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/** SHA-256 for the SDK's signers, computed by Node: the SDK's own is JavaScript, and ten times as slow. */
export class Sha256 {
  private readonly hash: Hash | Hmac;

  /** @param secret makes it an HMAC */
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
