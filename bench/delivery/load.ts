/**
 * Requests one URL again and again, and prints how many answers per second it got.
 *
 *    node --import tsx bench/delivery/load.ts '<Load as JSON>'
 */
import { Agent, get } from 'node:http';

export interface Load {
  url: string;
  /** How many requests are in flight at once, each on its own kept-alive connection. */
  connections: number;
  seconds: number;
  /** What every answer must have in `x-cache`. Any other answer means that something else was measured. */
  expected: string;
}

export interface LoadResult {
  requestsPerSecond: number;
}

async function main({ url, connections, seconds, expected }: Load): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const until = performance.now() + seconds * 1_000;
  let answers = 0;
  const some = async () => {
    for (; performance.now() < until; answers++) {
      const told = await xCacheOf(url, agent);
      if (told !== expected) throw new Error(`Expected "${expected}" for ${url} but received "${told}"`);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, some));
  const requestsPerSecond = answers / ((performance.now() - start) / 1_000);
  agent.destroy();
  console.log(JSON.stringify({ requestsPerSecond } satisfies LoadResult));
}

/** Reads the whole answer. */
function xCacheOf(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(String(response.headers['x-cache'])));
      response.on('error', reject);
    }).on('error', reject);
  });
}

main(JSON.parse(process.argv[2] as string) as Load).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
