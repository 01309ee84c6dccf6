/** Verifies who sent a request, by AWS signature, and that its body is the one that was signed. */

export { authenticate } from './authenticate';
export type { Authenticated } from './authenticated';
export { isHash, readBody, readBytes, verifyPayload } from './body';
export type { ChunkSigner } from './chunk-signer';
export { authenticateForm } from './form';
export { signRequest } from './sign';
export { parseTarget, type Target } from './target';
