import { createSecureContext } from 'node:tls';

/**
 * Makes Node read its root certificates, which it would otherwise do at the first connection: 11 ms of CPU. Lambda gives a
 * function a whole processor while it starts, and afterwards only the share that its memory buys: a seventh at 256 MB
 * (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
 *
 * @param endpoint of the services, if it is not AWS's own
 * @returns false if connections are not encrypted and so need no certificates
 */
export function readRootCertificates(endpoint = process.env['AWS_ENDPOINT_URL']): boolean {
  if (endpoint?.startsWith('http:')) return false;
  createSecureContext();
  return true;
}
