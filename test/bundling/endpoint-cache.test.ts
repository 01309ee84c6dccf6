/** The bundles have no memory of discovered endpoints (bundling/substitutes/endpoint-cache.mjs): no operation may need one. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './project';

/** Files of a package that name what makes an operation discover its endpoint. */
function discovering(name: string): string[] {
  const folder = join(ROOT, 'node_modules', name, 'dist-es');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) =>
      path.endsWith('.js') &&
      /\bgetEndpointDiscovery\w*Plugin\b/.test(readFileSync(join(folder, path), 'utf8')),
  );
}

test('no operation of DynamoDB discovers its endpoint', () => {
  expect(discovering('@aws-sdk/middleware-endpoint-discovery')).toContain('getEndpointDiscoveryPlugin.js');
  expect(discovering('@aws-sdk/client-dynamodb')).toEqual([]);
});

test('what stands for the memory of endpoints says so if it is used after all', () => {
  const { EndpointCache } = require('@aws-sdk/endpoint-cache') as { EndpointCache: { prototype: object } };
  const methods = Object.getOwnPropertyNames(EndpointCache.prototype).filter(
    (name) => name !== 'constructor',
  );
  expect(methods.length).toBeGreaterThan(3);
  const substitute = pathToFileURL(join(ROOT, 'bundling/substitutes/endpoint-cache.mjs'));
  const script = `
    const { EndpointCache } = await import('${substitute}');
    const cache = new EndpointCache(1_000);
    for (const method of ${JSON.stringify(methods)}) {
      try { cache[method](); } catch ({ message }) { console.log(message.slice(0, message.indexOf(':'))); }
    }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stdout).toBe('Discovered endpoints are not part of the bundles\n'.repeat(methods.length));
});
