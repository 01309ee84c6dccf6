import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import { Crc32 } from '@aws-crypto/crc32';
import { AwsCrc32c } from '@aws-crypto/crc32c';
import { Crc64Nvme } from '@aws-sdk/crc64-nvme';

/** The checksums that S3 accepts, with their sizes in bytes. */
const LENGTHS = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

export type Algorithm = keyof typeof LENGTHS;

export const ALGORITHMS = Object.keys(LENGTHS) as Algorithm[];

/** What S3 computes when the caller chose nothing, since December 2024. */
export const DEFAULT_ALGORITHM: Algorithm = 'CRC64NVME';

/** A checksum as it is stored and returned. */
export interface Checksum {
  algorithm: Algorithm;
  /** Base64. A composite one ends in `-` and the number of parts. */
  value: string;
  /** Over all the bytes, or over the checksums of the parts. */
  type: 'FULL_OBJECT' | 'COMPOSITE';
}

export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Promise<Buffer>;
}

/** Name of the header, and of the trailer, that carries a checksum. */
export const checksumHeader = (algorithm: Algorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** Name of the XML element that carries a checksum. */
export const checksumElement = (algorithm: Algorithm) => `Checksum${algorithm}`;

export function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(LENGTHS, name);
}

/** Whether a text is the Base64 form of a checksum of this algorithm. */
export function isChecksum(algorithm: Algorithm, value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === LENGTHS[algorithm] && bytes.toString('base64') === value;
}

export function createHasher(algorithm: Algorithm): Hasher {
  switch (algorithm) {
    case 'CRC32':
      return crc32();
    case 'CRC32C':
      return fromSdk(new AwsCrc32c());
    case 'CRC64NVME':
      return fromSdk(new Crc64Nvme());
    case 'SHA1':
    case 'SHA256': {
      const hash = createHash(algorithm);
      return { update: (bytes) => void hash.update(bytes), digest: async () => hash.digest() };
    }
  }
}

/** Node's own is a hundred times as fast as JavaScript. Node has it since 20.15. */
function crc32(): Hasher {
  if (typeof zlib.crc32 !== 'function') {
    const crc = new Crc32();
    return { update: (bytes) => void crc.update(bytes), digest: async () => bigEndian(crc.digest()) };
  }
  let crc = 0;
  return {
    update: (bytes) => {
      crc = zlib.crc32(bytes, crc);
    },
    digest: async () => bigEndian(crc),
  };
}

function fromSdk(hash: { update(bytes: Uint8Array): void; digest(): Promise<Uint8Array> }): Hasher {
  return { update: (bytes) => hash.update(bytes), digest: async () => Buffer.from(await hash.digest()) };
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The checksum of a multipart object over the checksums of its parts. */
export async function compositeChecksum(algorithm: Algorithm, parts: string[]): Promise<Checksum> {
  const hasher = createHasher(algorithm);
  for (const part of parts) hasher.update(Buffer.from(part, 'base64'));
  const value = `${(await hasher.digest()).toString('base64')}-${parts.length}`;
  return { algorithm, value, type: 'COMPOSITE' };
}

/** The elements that describe a checksum in an XML answer. */
export function checksumElements(checksum: Checksum | undefined): Record<string, string> {
  return checksum
    ? { [checksumElement(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type }
    : {};
}

/** The headers that describe a checksum. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  return checksum
    ? { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type }
    : {};
}
