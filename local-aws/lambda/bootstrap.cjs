/**
 * What runs in a function process: loads the handler, then asks the Runtime API for one invocation after the other.
 * Plain JavaScript, because every cold start has to load it.
 */

'use strict';

const dns = require('node:dns');
const http = require('node:http');
const { patchConsole } = require('./console.cjs');
const { loadHandler } = require('./load-handler.cjs');

resolvePrefixed(new URL(process.env.AWS_ENDPOINT_URL).hostname);

const agent = new http.Agent({ keepAlive: true });
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

/** The current invocation, as its response headers. */
let current;

patchConsole(() => current?.requestId);

// Standard input ends when the engine does, however it ends.
process.stdin.on('end', () => process.exit()).on('error', () => process.exit());
process.stdin.resume().unref();

process.on('uncaughtException', (error) => void crash(error, 129));
process.on('unhandledRejection', (reason) => {
  const error = new Error(String(reason));
  error.name = 'Runtime.UnhandledPromiseRejection';
  if (reason instanceof Error) error.stack = `${error.name}: ${error.message}\n${reason.stack}`;
  void crash(error, 128);
});
process.on('beforeExit', () => {
  const error = new Error('Nothing is left to run, and the promise of the handler was never settled');
  error.name = 'Runtime.NodeJsExit';
  void crash(error, 1);
});

void main();

async function main() {
  let handler;
  try {
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  } catch (error) {
    await crash(error, 1);
  }
  for (;;) {
    const { headers, body } = await call('GET', '/invocation/next');
    current = { requestId: headers['lambda-runtime-aws-request-id'] };
    forwardTraceId(headers['lambda-runtime-trace-id']);
    await answer(handler, JSON.parse(body), contextOf(headers));
    current = undefined;
  }
}

/**
 * The SDK prefixes the host of some calls, with `sync-` for StartSyncExecution, even if an endpoint is set.
 * No resolver knows such a name, so it is mapped to the endpoint.
 */
function resolvePrefixed(endpoint) {
  const { lookup } = dns;
  dns.lookup = (host, ...rest) => lookup(host.endsWith(`-${endpoint}`) ? endpoint : host, ...rest);
}

/** The SDK and the X-Ray client read the trace id from the environment. */
function forwardTraceId(traceId) {
  if (traceId) process.env._X_AMZN_TRACE_ID = traceId;
  else delete process.env._X_AMZN_TRACE_ID;
}

async function answer(handler, event, context) {
  let body;
  try {
    body = serialize(await handler(event, context));
  } catch (error) {
    console.error(error);
    await post('error', errorDocument(error));
    return;
  }
  await call('POST', `/invocation/${current.requestId}/response`, body);
}

function serialize(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

function contextOf(headers) {
  // Measured from now on, because the computer's clock may be set while the function runs.
  const granted = Number(headers['lambda-runtime-deadline-ms']) - Date.now();
  const received = performance.now();
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.round(granted - (performance.now() - received)),
  };
}

/** Reports an error that no handler caught, and ends the process as Lambda's runtime does. */
async function crash(error, code) {
  console.error(error);
  await post(current ? 'error' : 'init', errorDocument(error));
  process.exit(code);
}

function errorDocument(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function post(kind, document) {
  const route = kind === 'init' ? '/init/error' : `/invocation/${current.requestId}/error`;
  return call('POST', route, JSON.stringify(document), {
    'Lambda-Runtime-Function-Error-Type': encodeURIComponent(document.errorType),
  });
}

/** Without the Runtime API there is nothing left to do, so a broken connection ends the process. */
function call(method, route, body, headers) {
  return new Promise((resolve) => {
    const broken = () => process.exit();
    const request = http.request(`${api}${route}`, { method, agent, headers }, (response) => {
      const chunks = [];
      response
        .on('data', (chunk) => chunks.push(chunk))
        .on('error', broken)
        .on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    request.on('error', broken).end(body);
  });
}
