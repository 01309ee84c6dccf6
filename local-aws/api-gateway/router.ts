/**
 * Which route a request takes.
 *
 * Source: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */

import type { Route } from './model';

export interface Match {
  route: Route;
  /** Decoded, by name. */
  parameters: Record<string, string>;
}

/**
 * The most specific route wins: text before a parameter, a parameter before one that takes the rest, a method before ANY.
 *
 * @param rawPath percent-encoded, so that an encoded slash leads nowhere else
 */
export function findRoute(routes: readonly Route[], method: string, rawPath: string): Match | undefined {
  const matches = routes
    .filter((route) => route.method === 'ANY' || route.method === method)
    .flatMap((route) => {
      const parameters = parametersOf(route.path, rawPath);
      return parameters ? [{ route, parameters }] : [];
    });
  return matches.sort((one, other) => (rank(one.route) < rank(other.route) ? -1 : 1))[0];
}

function parametersOf(pattern: string, rawPath: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), rawPath.split('/')];
  const parameters: Record<string, string> = {};
  for (const [n, segment] of wanted.entries()) {
    const [, name, greedy] = /^\{([\w.-]+)(\+?)\}$/.exec(segment) ?? [];
    const value = greedy ? given.slice(n).join('/') : given[n];
    if (name === undefined ? value !== segment : !value) return undefined;
    if (name !== undefined) parameters[name] = decodeURIComponent(value!);
    if (greedy) return parameters;
  }
  return wanted.length === given.length ? parameters : undefined;
}

/** Sorts by segment, and then by method. */
function rank({ path, method }: Route): string {
  const kinds = path
    .split('/')
    .map((segment) => (segment.endsWith('+}') ? 2 : segment.startsWith('{') ? 1 : 0));
  return `${kinds.join('')}${method === 'ANY' ? 1 : 0}`;
}
