const { fork } = require('node:child_process');
const { once } = require('node:events');
const { createServer } = require('node:http');
const { json } = require('node:stream/consumers');
const path = require('node:path');

/**
 * Lets test files synthesize the project's stack in one process, because loading CDKTF takes many times as long as a
 * synthesis. The process starts with the first of them.
 *
 * @returns where to POST `{ folder, settings }`: the folder to write to, and the path of a settings file
 */
exports.serveSyntheses = async () => {
  let synthesizer;
  let last = Promise.resolve();

  async function synthesize(request) {
    synthesizer ??= fork(path.join(__dirname, 'synthesizer.ts'), { execArgv: ['--import', 'tsx'] });
    synthesizer.send(request);
    const ended = new AbortController();
    const { signal } = ended;
    const [problem] = await Promise.race([
      once(synthesizer, 'message', { signal }),
      once(synthesizer, 'exit', { signal }).then(([code]) => [`The synthesizer ended with code ${code}`]),
    ]).finally(() => ended.abort());
    return problem;
  }

  const server = createServer(async (request, response) => {
    const asked = await json(request);
    // One at a time, so that each answer is that to its own request.
    last = last.then(() => synthesize(asked)).catch(String);
    response.end(JSON.stringify(await last));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      if (synthesizer?.connected) {
        synthesizer.disconnect();
        await once(synthesizer, 'exit');
      }
    },
  };
};
