/**
 * The addresses of a stack that people and programs call besides AWS's own API: distributions, HTTP APIs, function URLs.
 * Each gets a port of its own on 127.0.0.1, and whoever is told its address is told that one.
 */

import { type Address, openAddress } from './server';
import type { Stack } from './stack/model';

export interface Door {
  kind: 'cdn' | 'api' | 'function-url';
  /** What it leads to: the domain of a distribution, the name of an API or function. */
  name: string;
  /** For example `http://127.0.0.1:4567`. */
  url: string;
}

/** A door that is to be opened. */
export interface Opening extends Omit<Door, 'url'> {
  /** Addresses it has on AWS, for example `https://d111111abcdef8.cloudfront.net`. */
  origins: string[];
}

/** An open door, which has an address before there is anything behind it. */
export type OpenDoor = Opening & Door & Pick<Address, 'serve' | 'close'>;

/**
 * Opens a port for each door: the ones after the engine's, in order, so that an address that was written down stays right
 * from run to run.
 *
 * @param enginePort 0 for any that are free
 * @throws Error when a port is in use; then none is left open
 */
export async function openDoors(openings: Opening[], enginePort: number): Promise<OpenDoor[]> {
  const doors: OpenDoor[] = [];
  try {
    for (const [n, opening] of openings.entries()) {
      const address = await openAddress(enginePort === 0 ? 0 : enginePort + 1 + n);
      doors.push({ ...opening, ...address });
    }
  } catch (error) {
    for (const door of doors) await door.close();
    throw error;
  }
  return doors;
}

/** The doors that distributions, HTTP APIs and function URLs need. */
export const openingsOf = ({ distributions, apis, functionUrls }: Stack): Opening[] => [
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

/** Puts the addresses of the doors where functions and outputs have those of AWS. */
export function leadThrough(doors: Pick<OpenDoor, 'origins' | 'url'>[], stack: Stack): void {
  const replace = (text: string) =>
    doors
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

/** Only a whole origin: `https://example.com` is no part of `https://example.com.evil.net`. */
function replaceOrigin(text: string, origin: string, url: string): string {
  const parts = text.split(origin);
  return parts.reduce((soFar, part) => soFar + (/^[\w.:-]/.test(part) ? origin : url) + part);
}
