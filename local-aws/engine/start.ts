import { availableParallelism } from 'node:os';
import type { JwtAuthorization } from '../api-gateway/model';
import { createTokens } from '../api-gateway/tokens';
import { Cache } from '../cloudfront/cache';
import { createInvalidations } from '../cloudfront/invalidations';
import { createCloudWatchApi } from '../cloudwatch/api';
import { serviceMetrics } from '../cloudwatch/services';
import { occupy } from '../data-folder';
import type { EventBridge } from '../events';
import { createPutEvents } from '../events/put-events';
import { createFaults } from '../faults';
import { createKms } from '../kms';
import type { Lambda } from '../lambda';
import { createLogs } from '../logs';
import { allowsOrigin, type ObjectEvent } from '../s3';
import { createServiceServer } from '../server';
import type { Gate } from '../service';
import { createSsm } from '../ssm';
import type { Stack } from '../stack/model';
import { openLambda, openStateMachines } from './compute';
import type { Context } from './context';
import { openEventBus } from './event-bus';
import { openSns, openSqs } from './messaging';
import { openCloudWatch } from './monitoring';
import type { Engine, EngineOptions } from './options';
import { startPolling } from './polling';
import { prepare } from './prepare';
import { withoutServer } from './public-endpoints';
import { servePublicEndpoints } from './serve-endpoints';
import { Shutdown } from './shutdown';
import { openDynamoDB, openS3 } from './storage';

/**
 * Runs a synthesized stack behind one endpoint on 127.0.0.1.
 *
 * @throws Error when the stack needs what the engine does not have, when the data folder or the port is in use, and
 *   whatever `stackFile` throws
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const shutdown = new Shutdown();
  try {
    return await open(options, shutdown);
  } catch (error) {
    // The reason why it didn't start matters more than whatever then failed to close.
    await shutdown.run().catch(() => {});
    throw error;
  }
}

/** Opens the parts, each after those it uses. shutdown.ts says in which order they close. */
async function open(options: EngineOptions, shutdown: Shutdown): Promise<Engine> {
  const { waitScale = 1, timers = false, onExecution, onAlarm } = options;
  const { concurrency = availableParallelism() * 2, modulePaths = [] } = options;
  const prepared = await prepare(options, shutdown);
  const { address, publicEndpoints, ...shared } = prepared;
  const { stack, dataDir, iam, log } = shared;
  const endpoint = address.url;

  // Lambda is only needed for an invocation with a fault, and by then it has opened.
  let lambda: Lambda;
  const faults = createFaults({ stack, crash: (accessKeyId) => lambda.crash(accessKeyId), log });
  faults.inject(options.faults ?? []);
  shutdown.on('faults', () => faults.close());
  const gate: Gate = async (call) => {
    await iam(call);
    await faults.gate(call);
    await options.gate?.(call);
  };
  const { account, region } = stack;
  const context: Context = { ...shared, account, region, endpoint, gate, faults, waitScale, shutdown };
  const origins = new Set(options.origins);
  const tokens = createTokens(dataDir);

  const kms = createKms({ account, region, gate, keys: stack.keys });
  const sns = openSns(context, kms);
  const sqs = openSqs(context, kms);
  const ssm = createSsm({
    dataDir,
    account,
    region,
    gate,
    parameters: stack.parameters,
    useKey: kms.through('ssm'),
    findKey: kms.find,
  });
  const caches = new Map(stack.distributions.map(({ arn }) => [arn, new Cache()]));
  const cloudfront = createInvalidations({ gate, caches, now: options.now });
  const cloudwatch = openCloudWatch(context, { sns, sqs, onAlarm });
  const monitoring = createCloudWatchApi({ account, region, gate, alarms: cloudwatch.watched });
  const logs = createLogs({ dataDir, gate, stack });
  const metrics = serviceMetrics(cloudwatch);
  const dynamodb = await openDynamoDB(context, kms);
  lambda = openLambda(context, { modulePaths, cloudwatch, metrics });
  // A state machine puts events on the bus and gets events from it. Whatever puts one does so when both are open.
  let bus: EventBridge;
  const events = createPutEvents({ account, region, gate, put: (event) => bus.put(event) });
  const { putEvents } = events;
  const states = openStateMachines(context, { lambda, sns, sqs, putEvents, metrics, onExecution });
  const unmatched = (event: object) => {
    if (isObjectEvent(event)) options.onUnmatched?.(event);
  };
  const s3 = openS3(context, { kms, announce: (event) => bus.announce(event), origins });
  const happened = (event: object) => !isObjectEvent(event) || s3.happened(event);
  bus = openEventBus(context, {
    ...{ lambda, states, sns, sqs, metrics, concurrency, timers, unmatched },
    happened,
  });

  const { principals } = context;
  const rules = stack.buckets.flatMap(({ cors = [] }) => cors);
  address.serve(
    createServiceServer(
      principals,
      { s3, others: { dynamodb, sns, sqs, states, events, ssm, cloudfront, logs, monitoring } },
      faults.serve,
    ),
    { allows: (origin) => origins.has(origin) || allowsOrigin(rules, origin) },
  );
  // Only now is the port known, if any free port was requested.
  occupy(dataDir, endpoint);
  servePublicEndpoints(context, {
    publicEndpoints,
    caches,
    lambda,
    metrics,
    tokens,
    origins,
    now: options.now,
  });
  if (timers) cloudwatch.start();
  const sources = await startPolling(context, { lambda, sqs });
  await states.goOn();

  return {
    endpoint,
    stack,
    publicEndpoints: publicEndpoints.map(withoutServer),
    token: (request) => tokens.sign(request, jwtAuthorization(stack)),
    allowOrigin: (origin) => void origins.add(origin),
    cloudwatch,
    tick: bus.tick,
    async idle() {
      do {
        await bus.idle();
        for (const source of sources) await source.idle();
      } while (bus.pending() > 0 || sources.some((source) => source.pending() > 0));
    },
    inject: faults.inject,
    replaceFunction: lambda.replace,
    permissions: iam.report,
    close: () => shutdown.run(),
  };
}

/** Whether a bucket has sent the event. */
const isObjectEvent = (event: object): event is ObjectEvent => 'source' in event && event.source === 'aws.s3';

function jwtAuthorization({ apis }: Stack): JwtAuthorization {
  for (const { authorization } of apis.flatMap(({ routes }) => routes)) {
    if (authorization.type === 'JWT') return authorization;
  }
  throw new Error('Expected an HTTP API with a JWT authorizer in the stack but found none');
}
