import { availableParallelism } from 'node:os';
import path from 'node:path';
import { leave, occupy } from './data-folder';
import { createDynamoDB } from './dynamodb';
import { type Bus, createBus } from './events/bus';
import { createFaults, type Fault } from './faults';
import { assume, checkTrust } from './iam/assume';
import { createIamGate, type PermissionReport } from './iam/gate';
import { createLambda } from './lambda';
import { type EventSource, startEventSource } from './lambda/event-source';
import { Principals } from './principals';
import { createS3 } from './s3';
import { createEndpoint, openAddress } from './server';
import type { Gate } from './service';
import { createSns } from './sns';
import { createSqs, type MessageAttributes } from './sqs';
import { loadStack } from './stack/load';
import type { Rule, Stack } from './stack/model';
import { createStateMachines, type Execution } from './states';
import { PLACE, PROJECT, synthesize } from './synthesize';

export interface EngineOptions {
  /** Everything the engine keeps lies in this folder. */
  dataDir: string;
  /** Port on 127.0.0.1; 0 for any that is free. */
  port: number;
  /** Path of a synthesized `cdk.tf.json`. @default the project's stack, synthesized now */
  stackFile?: string;
  /** Path of a settings file to synthesize with. @default the project's */
  settings?: string;
  /** Calls and functions that are to go wrong. @default nothing goes wrong */
  faults?: Fault[];
  /**
   * What the waits of the workflow are multiplied by: delays and visibility timeouts of queues, waits before a retry.
   * Tests make them short with it; timeouts stay as they are. @default 1
   */
  waitScale?: number;
  /** Events the bus delivers at the same time. @default two for each processor */
  concurrency?: number;
  /** Asked before every call that the policies of the stack allow, for example to make it fail. */
  gate?: Gate;
  /** Told of each fault that strikes, and of what goes wrong in the background. @default console.warn */
  log?: (line: string) => void;
  /** Told of each execution that has ended. */
  onExecution?: (execution: Execution) => void;
}

/** A synthesized stack, running on this machine. */
export interface Engine {
  endpoint: string;
  stack: Stack;
  /** Resolves when no event waits, in the bus or in a queue that is polled, and none is worked on. */
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
 *   with synth's own message when the stack does not synthesize
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { port, onExecution, waitScale, log = console.warn } = options;
  const dataDir = path.resolve(options.dataDir);
  occupy(dataDir, `http://127.0.0.1:${port}`);
  const closers: (() => unknown)[] = [() => leave(dataDir)];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const file = options.stackFile ?? (await synthesize(path.join(dataDir, 'synth'), options.settings));
    // Open before the stack is read: a client goes to the host in the URL of a queue.
    const address = await openAddress(port);
    closers.push(() => address.close());
    const endpoint = address.url;
    const stack = loadStack(file, { ...PLACE, endpoint });
    const { account, region } = stack;
    const principals = new Principals(account, stack.roles);
    const iam = createIamGate(stack);
    await checkTrust(iam, principals, stack);
    const faults = createFaults({ stack, crash: (accessKeyId) => lambda.crash(accessKeyId), log });
    faults.inject(options.faults ?? []);
    const gate: Gate = async (call) => {
      await iam(call);
      await faults.gate(call);
      await options.gate?.(call);
    };
    const common = { dataDir, region, account, gate };

    const sns = createSns({ ...common, topics: stack.topics });
    const sqs = createSqs({ ...common, queues: stack.queues, waitScale });
    closers.push(() => sqs.close());
    const dynamodb = await createDynamoDB({ ...common, tables: stack.tables });
    closers.push(() => dynamodb.close());

    // Uploads are announced on the bus, which is there before the first request can be answered.
    let bus: Bus;
    const s3 = createS3({
      ...common,
      dataDir: path.join(dataDir, 's3'),
      buckets: stack.buckets,
      emit: (event) => bus.put(event),
    });
    closers.push(() => s3.close());

    const states = createStateMachines({
      machines: stack.stateMachines,
      dataDir,
      gate,
      onExecution,
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
      modulePaths: [path.join(PROJECT, 'node_modules')],
      fault: faults.invocation,
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

    /** EventBridge starts a target as the role the target names. */
    const starter = (rule: Rule, target: string) => {
      const service = principals.service(EVENT_BRIDGE, rule.arn);
      const role = rule.targets.find(({ arn }) => arn === target)?.role;
      return role === undefined ? service : assume(iam, principals, role, service);
    };
    bus = createBus({
      rules: stack.rules,
      dataDir,
      concurrency: options.concurrency ?? availableParallelism() * 2,
      deliver: async (target, event, rule) => {
        const principal = await starter(rule, target);
        const call = { principal, action: 'states:StartExecution', resource: target };
        const started = await faults.call(async () => {
          await gate(call);
          return states.start(target, event);
        });
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
    });
    closers.push(() => bus.close());

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
    return { endpoint, stack, idle, inject: faults.inject, permissions: iam.report, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const EVENT_BRIDGE = 'events.amazonaws.com';

function asText(values: Record<string, string>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}
