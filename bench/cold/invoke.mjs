/**
 * Loads a bundle as Lambda does, and invokes it once if an event is given.
 *
 *    node bench/cold/invoke.mjs <index.js or index.mjs> [<event as JSON>]
 *
 * Prints as JSON how many milliseconds loading took, in wall time and in CPU time.
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
// Open connections would keep the process alive; Lambda would freeze it here.
process.exit();
