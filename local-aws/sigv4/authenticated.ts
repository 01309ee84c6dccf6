import type { Principal } from '../service';
import type { ChunkSigner } from './chunk-signer';

/** A request whose signature is verified. */
export interface Authenticated {
  principal: Principal;
  /** Service the request was signed for, for example `s3`. */
  service: string;
  region: string;
  /** Whether the signature came in the query of a presigned URL. */
  presigned: boolean;
  /** What the signature says about the body: its SHA-256 in hexadecimal, `UNSIGNED-PAYLOAD`, or a `STREAMING-…` marker. */
  payload: string;
  /** The body, if it had to be read to verify the signature. */
  body?: Buffer;
  /** Expected signatures of the chunks of a `STREAMING-AWS4-HMAC-SHA256-PAYLOAD` body. */
  chunkSigner?: ChunkSigner;
}
