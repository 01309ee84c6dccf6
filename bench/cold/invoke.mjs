/**
 * A process that loads a bundle as Lambda does, and invokes it once where there is an event.
 *
 *   node bench/cold/invoke.mjs <index.js or index.mjs> [<event as JSON>]
 *
 * It prints, as JSON, what loading took in milliseconds: by the clock and in CPU.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [file, event] = process.argv.slice(2);
const load = (path) =>
  path.endsWith('.mjs') ? import(pathToFileURL(path).href) : createRequire(import.meta.url)(path);

const [time, cpu] = [performance.now(), process.cpuUsage()];
const { handler } = await load(file);
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ wall: performance.now() - time, cpu: (user + system) / 1_000 }));
if (event) await handler(JSON.parse(event));
// Connections are kept alive; Lambda would freeze the process here.
process.exit();
