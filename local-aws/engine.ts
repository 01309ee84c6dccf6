import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { JwtAuthorization } from './api-gateway/model';
import { createTokens, type TokenRequest } from './api-gateway/tokens';
import { type CloudWatch, createCloudWatch, type StateChange } from './cloudwatch';
import { queueSamples, serviceMetrics } from './cloudwatch/services';
import { leave, occupy } from './data-folder';
import { type Door, leadThrough, openDoors, openingsOf } from './doors';
import { createDynamoDB } from './dynamodb';
import { createEventBridge, type EventBridge } from './events';
import { createFaults, type Fault } from './faults';
import { assume, checkTrust } from './iam/assume';
import { createIamGate, type PermissionReport } from './iam/gate';
import { createKms } from './kms';
import { checkLogKeys } from './kms/check';
import { createLambda } from './lambda';
import { asynchronous } from './lambda/asynchronous';
import { type EventSource, startEventSource } from './lambda/event-source';
import { Principals } from './principals';
import { createS3 } from './s3';
import { serveDoors, told } from './serve-doors';
import { createEndpoint, openAddress } from './server';
import type { Gate } from './service';
import { createSns } from './sns';
import { createSqs, type MessageAttributes } from './sqs';
import { type ExistingInput, parseExisting } from './stack/existing';
import { loadStack } from './stack/load';
import type { Rule, Stack } from './stack/model';
import { createStateMachines, type Execution } from './states';

export interface EngineOptions {
  /** Everything the engine keeps lies in this folder. */
  dataDir: string;
  /** Port on 127.0.0.1; 0 for any that is free. Distributions, APIs and function URLs get the ones after it. */
  port: number;
  /**
   * Path of the `cdk.tf.json` to run. A function is called once the data folder belongs to this engine, so that it may
   * write the file there.
   */
  stackFile: string | (() => Promise<string>);
  /** The account the stack runs in. @default 000000000000, which no AWS account has */
  account?: string;
  /** The region, where the stack's provider names none. @default us-east-1 */
  region?: string;
  /** Folders of packages that the function packages leave out, as a layer would bring them. @default none */
  modulePaths?: string[];
  /** What the account holds besides the stack. @default what the stack refers to, in its usual state */
  existing?: ExistingInput;
  /** Calls and functions that are to go wrong. @default nothing goes wrong */
  faults?: Fault[];
  /**
   * What the waits of the workflow are multiplied by: delays and visibility timeouts of queues, waits before a retry, and
   * the time a function hangs because a fault says so. Tests make them short with it; the timeouts of functions that do
   * run stay as they are. @default 1
   */
  waitScale?: number;
  /** Events the bus delivers at the same time. @default two for each processor */
  concurrency?: number;
  /**
   * Origins of pages that may call every HTTP API and send forms to every bucket, whatever the stack says of origins.
   * @default none
   */
  origins?: string[];
  /** Asked before every call that the policies of the stack allow, for example to make it fail. */
  gate?: Gate;
  /** Told of each fault that strikes, and of what goes wrong in the background. @default console.warn */
  log?: (line: string) => void;
  /** Told of each execution that has ended. */
  onExecution?: (execution: Execution) => void;
  /** Told of each alarm that changes its state. */
  onAlarm?: (change: StateChange) => void;
  /**
   * Whether alarms are looked at each minute and scheduled rules run, by themselves. Otherwise `cloudwatch.evaluate`
   * and `tick` do so. @default false
   */
  timers?: boolean;
  /** What time it is for the caches of distributions, in milliseconds. @default Date.now */
  now?: () => number;
}

/** A synthesized stack, running on this machine. */
export interface Engine {
  endpoint: string;
  stack: Stack;
  /** What has an address of its own: distributions, HTTP APIs, function URLs. */
  doors: Door[];
  /**
   * A token as the issuer of the stack's first JWT authorizer would give it, for calls of its HTTP API.
   * @throws Error where the stack has none
   */
  token(request: TokenRequest): Promise<string>;
  /** Lets pages of one more origin in, as the option `origins` does. */
  allowOrigin(origin: string): void;
  /** Metrics and alarms. */
  cloudwatch: Pick<CloudWatch, 'metrics' | 'alarms' | 'evaluate'>;
  /** Runs a rule with a schedule now. */
  tick: EventBridge['tick'];
  /**
   * Resolves when no event waits, in the bus or in a queue that is polled, and none is worked on. Runs of a schedule
   * are not waited for.
   */
  idle(): Promise<void>;
  /** Replaces the faults. @throws Error naming a function or caller the stack does not have */
  inject(faults: Fault[]): void;
  /** What the calls so far show about the policies of the stack. */
  permissions(): PermissionReport;
  /** Ends everything. What was under way is done again at the next start. */
  close(): Promise<void>;
}

/**
 * Runs a synthesized stack behind one endpoint on 127.0.0.1.
 *
 * @throws Error when the stack needs what the engine does not have, when the data folder or the port is in use, and
 *   whatever `stackFile` throws
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { port, onExecution = () => {}, waitScale = 1, timers = false, log = console.warn } = options;
  const dataDir = path.resolve(options.dataDir);
  occupy(dataDir, `http://127.0.0.1:${port}`);
  const closers: (() => unknown)[] = [() => leave(dataDir)];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const { stackFile } = options;
    const file = typeof stackFile === 'string' ? stackFile : await stackFile();
    // Open before the stack is read: a client goes to the host in the URL of a queue.
    const address = await openAddress(port);
    closers.push(() => address.close());
    const endpoint = address.url;
    const existing = parseExisting(options.existing ?? {}, 'existing');
    const stack = loadStack(file, { account: options.account, region: options.region, endpoint }, existing);
    for (const arn of unknownBoundaries(stack)) log(unknownBoundary(arn));
    const doors = await openDoors(openingsOf(stack), port);
    closers.push(...doors.map((door) => () => door.close()));
    leadThrough(doors, stack);
    const { account, region } = stack;
    const principals = new Principals(account, stack.roles);
    const iam = createIamGate(stack);
    await checkTrust(iam, principals, stack);
    await checkLogKeys(iam, principals, stack);
    const faults = createFaults({ stack, crash: (accessKeyId) => lambda.crash(accessKeyId), log });
    faults.inject(options.faults ?? []);
    const gate: Gate = async (call) => {
      await iam(call);
      await faults.gate(call);
      await options.gate?.(call);
    };
    const common = { dataDir, region, account, gate };
    const origins = new Set(options.origins);
    const tokens = createTokens(dataDir);

    const kms = createKms({ ...common, keys: stack.keys });
    const sns = createSns({ ...common, topics: stack.topics, useKey: kms.through('sns') });
    const sqs = createSqs({ ...common, queues: stack.queues, useKey: kms.through('sqs'), waitScale });
    closers.push(() => sqs.close());
    const cloudwatch = createCloudWatch({
      alarms: stack.alarms,
      publish: (input, alarm) => faults.call(() => sns.publish(input, principals.service(CLOUDWATCH, alarm))),
      sample: (now) => queueSamples(stack.queues, (queue) => sqs.measure(queue, now)),
      onAlarm: options.onAlarm,
      log,
    });
    closers.push(() => cloudwatch.close());
    const measured = serviceMetrics(cloudwatch);
    const dynamodb = await createDynamoDB({
      ...common,
      tables: stack.tables,
      useKey: kms.through('dynamodb'),
    });
    closers.push(() => dynamodb.close());

    // Uploads are announced on the bus, which is there before the first request can be answered.
    let bus: EventBridge;
    const s3 = createS3({
      ...common,
      dataDir: path.join(dataDir, 's3'),
      buckets: stack.buckets,
      useKey: kms.through('s3'),
      findKey: kms.find,
      find: principals.find,
      origins,
      emit: (event) => bus.put(event),
    });
    closers.push(() => s3.close());

    const states = createStateMachines({
      machines: stack.stateMachines,
      dataDir,
      gate,
      onStart: measured.started,
      onExecution: (execution) => {
        measured.ended(execution);
        onExecution(execution);
      },
      waitScale,
      services: {
        invokeFunction: (arn, payload, role) =>
          faults.call(async () => {
            await gate({ principal: principals.role(role), action: 'lambda:InvokeFunction', resource: arn });
            return lambda.invoke(arn, payload);
          }),
        publish: (input, role) => faults.call(() => sns.publish(input, principals.role(role))),
        sendMessage: (input, role) =>
          faults.call(() => sqs.call('SendMessage', input, principals.role(role))),
      },
    });

    // Requests are broken off before what serves them is closed.
    closers.push(() => address.close());
    address.serve(createEndpoint(principals, { s3, others: { dynamodb, sns, sqs, states } }, faults.serve));
    occupy(dataDir, endpoint);

    const lambda = createLambda({
      functions: stack.functions,
      dataDir,
      endpoint,
      region,
      credentials: principals.session,
      modulePaths: options.modulePaths ?? [],
      fault: faults.invocation,
      waitScale,
      onOutput: (line, fn) => cloudwatch.ingest(line, fn.name),
      measure: measured.invocation,
    });
    const sources: EventSource[] = [];
    closers.push(async () => {
      faults.close();
      const polled = Promise.all(sources.map((source) => source.close()));
      // Executions are ended before the functions they call, or they would report failures that never happened.
      await states.close();
      await lambda.close();
      await polled;
    });

    serveDoors({
      doors,
      stack,
      endpoint,
      principals,
      gate,
      invoke: lambda.invoke,
      perform: faults.serve,
      measure: measured.invocation,
      measureApi: measured.apiAnswer,
      tokens,
      origins,
      now: options.now,
      log,
    });
    // Here too requests are broken off first.
    closers.push(...doors.map((door) => () => door.close()));

    /** EventBridge starts a target as the role the target names. */
    const starter = (rule: Rule, target: string) => {
      const service = principals.service(EVENT_BRIDGE, rule.arn);
      const role = rule.targets.find(({ arn }) => arn === target)?.role;
      return role === undefined ? service : assume(iam, principals, role, service);
    };
    const stopped = new AbortController();
    const invokeLater = asynchronous({ invoke: lambda.invoke, waitScale, signal: stopped.signal, log });
    // A target without a version is the latest, of which there is one here.
    const versions = new Map(
      stack.functions.flatMap(({ arn, qualifiedArn }) =>
        [arn, qualifiedArn].map((each) => [each, qualifiedArn]),
      ),
    );
    bus = createEventBridge({
      rules: stack.rules,
      schedules: stack.schedules,
      timers,
      dataDir,
      concurrency: options.concurrency ?? availableParallelism() * 2,
      deliver: async (target, event, rule) => {
        const principal = await starter(rule, target);
        const version = versions.get(target);
        const action = version ? 'lambda:InvokeFunction' : 'states:StartExecution';
        const started = await faults.call(async () => {
          await gate({ principal, action, resource: target });
          return version ? { done: invokeLater(version, event) } : states.start(target, event);
        });
        measured.delivery('Invocations', rule);
        await started.done;
      },
      deadLetter: async (queue, event, attributes) => {
        await sqs.send(
          queue,
          JSON.stringify(event),
          asText(attributes),
          principals.service(EVENT_BRIDGE, attributes['RULE_ARN']),
        );
      },
      measure: measured.delivery,
      lost: log,
    });
    closers.push(() => {
      stopped.abort();
      bus.close();
    });
    if (timers) cloudwatch.start();

    const roles = new Map(stack.functions.map(({ qualifiedArn, role }) => [qualifiedArn, role]));
    for (const mapping of stack.eventSourceMappings) {
      const source = await startEventSource({
        mapping,
        sqs: { ...sqs, call: (...input) => faults.call(() => sqs.call(...input)) },
        principal: principals.role(roles.get(mapping.functionArn)!),
        region,
        invoke: lambda.invoke,
        log,
      });
      sources.push(source);
    }

    const idle = async () => {
      do {
        await bus.idle();
        for (const source of sources) await source.idle();
      } while (bus.pending() > 0 || sources.some((source) => source.pending() > 0));
    };
    const { tick } = bus;
    return {
      endpoint,
      stack,
      doors: doors.map(told),
      token: (request) => tokens.sign(request, jwtAuthorization(stack)),
      allowOrigin: (origin) => void origins.add(origin),
      cloudwatch,
      tick,
      idle,
      inject: faults.inject,
      permissions: iam.report,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function jwtAuthorization({ apis }: Stack): JwtAuthorization {
  for (const { authorization } of apis.flatMap(({ routes }) => routes)) {
    if (authorization.type === 'JWT') return authorization;
  }
  throw new Error('Expected an HTTP API with a JWT authorizer in the stack but found none');
}

const EVENT_BRIDGE = 'events.amazonaws.com';
const CLOUDWATCH = 'cloudwatch.amazonaws.com';

/** ARNs of permissions boundaries whose statements nobody has told. */
const unknownBoundaries = ({ roles }: Stack): Set<string> =>
  new Set(roles.flatMap(({ boundary }) => (boundary && !boundary.document ? [boundary.arn] : [])));

const unknownBoundary = (arn: string) =>
  `The permissions boundary ${arn} is not in the stack, so its statements are unknown: what only it would deny is ` +
  'allowed here. Put its document under "policies" in a file, and start with --existing FILE';

function asText(values: Record<string, string>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}
