/**
 * The addresses of a stack that people and programs call besides AWS's own API: distributions, HTTP APIs, function URLs.
 * Each gets a port of its own on 127.0.0.1, and everything that would name the address on AWS names that one.
 */

import { type Address, openAddress } from '../address';
import type { Stack } from '../stack/model';

export interface PublicEndpoint {
  kind: 'cdn' | 'api' | 'function-url';
  /** The domain of a distribution, the name of an API or function. */
  name: string;
  /** For example `http://127.0.0.1:4567`. */
  url: string;
}

/** An endpoint that has no port yet. */
export interface PlannedEndpoint extends Omit<PublicEndpoint, 'url'> {
  /** Its addresses on AWS, for example `https://d111111abcdef8.cloudfront.net`. */
  origins: string[];
}

/** An endpoint with a port. Requests wait until a server answers there. */
export type OpenEndpoint = PlannedEndpoint & PublicEndpoint & Pick<Address, 'serve' | 'close'>;

/**
 * Opens a port for each endpoint: the ones after the engine's, in order, so that an address that was stored somewhere
 * stays valid from run to run.
 *
 * @param enginePort 0 for any that are free
 * @throws Error when a port is in use; then none is left open
 */
export async function openPublicEndpoints(
  planned: PlannedEndpoint[],
  enginePort: number,
): Promise<OpenEndpoint[]> {
  const endpoints: OpenEndpoint[] = [];
  try {
    for (const [n, endpoint] of planned.entries()) {
      const address = await openAddress(enginePort === 0 ? 0 : enginePort + 1 + n);
      endpoints.push({ ...endpoint, ...address });
    }
  } catch (error) {
    for (const endpoint of endpoints) await endpoint.close();
    throw error;
  }
  return endpoints;
}

/** The endpoints that the distributions, HTTP APIs and function URLs of a stack need. */
export const plannedEndpoints = ({ distributions, apis, functionUrls }: Stack): PlannedEndpoint[] => [
  ...distributions.map(({ domain, aliases }) => ({
    kind: 'cdn' as const,
    name: domain,
    origins: [domain, ...aliases].map((each) => `https://${each}`),
  })),
  ...apis.map(({ name, domain }) => ({ kind: 'api' as const, name, origins: [`https://${domain}`] })),
  ...functionUrls.map(({ functionName, domain }) => ({
    kind: 'function-url' as const,
    name: functionName,
    origins: [`https://${domain}`],
  })),
];

/** An endpoint as the users of an engine see it. */
export const withoutServer = ({ kind, name, url }: OpenEndpoint): PublicEndpoint => ({ kind, name, url });

/** Replaces the addresses on AWS by those on this machine, in the variables of functions and in outputs. */
export function replaceAddresses(endpoints: Pick<OpenEndpoint, 'origins' | 'url'>[], stack: Stack): void {
  const replace = (text: string) =>
    endpoints
      .flatMap(({ origins, url }) => origins.map((origin) => [origin, url] as const))
      .reduce((soFar, [origin, url]) => replaceOrigin(soFar, origin, url), text);
  for (const fn of stack.functions) {
    fn.environment = Object.fromEntries(
      Object.entries(fn.environment).map(([name, value]) => [name, replace(value)]),
    );
  }
  stack.outputs = Object.fromEntries(
    Object.entries(stack.outputs).map(([name, value]) => [
      name,
      typeof value === 'string' ? replace(value) : value,
    ]),
  );
}

/** Only a whole origin counts: `https://example.com.evil.net` doesn't contain `https://example.com`. */
function replaceOrigin(text: string, origin: string, url: string): string {
  const parts = text.split(origin);
  return parts.reduce((soFar, part) => soFar + (/^[\w.:-]/.test(part) ? origin : url) + part);
}
