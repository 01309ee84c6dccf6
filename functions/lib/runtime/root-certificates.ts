import { createSecureContext } from 'node:tls';

/**
 * Has Node read its root certificates, which it would otherwise do at the first connection: 11 ms of CPU. While Lambda
 * starts a function it gives it a whole processor, and afterwards only the share that its memory buys: a seventh at
 * 256 MB (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
 *
 * @param endpoint of the services, where it is not AWS's own
 * @returns false where connections are not encrypted, and so need none
 */
export function readRootCertificates(endpoint = process.env['AWS_ENDPOINT_URL']): boolean {
  if (endpoint?.startsWith('http:')) return false;
  createSecureContext();
  return true;
}
