import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { leave, occupy } from './data-folder';
import { createDynamoDB } from './dynamodb';
import { type Bus, createBus } from './events/bus';
import { createLambda } from './lambda';
import { Principals } from './principals';
import { createS3 } from './s3';
import { createEndpoint } from './server';
import type { Gate } from './service';
import { createSns } from './sns';
import { createSqs, type MessageAttributes } from './sqs';
import { loadStack } from './stack/load';
import type { Stack } from './stack/model';
import { createStateMachines, type Execution } from './states';
import { PLACE, PROJECT, synthesize } from './synthesize';

export interface EngineOptions {
  /** Everything the engine keeps lies in this folder. */
  dataDir: string;
  /** Port on 127.0.0.1; 0 for any that is free. */
  port: number;
  /** Path of a synthesized `cdk.tf.json`. @default the project's stack, synthesized now */
  stackFile?: string;
  /** Asked before every call of AWS. @default everything is allowed */
  gate?: Gate;
  /** Told of each execution that has ended. */
  onExecution?: (execution: Execution) => void;
}

/** A synthesized stack, running on this machine. */
export interface Engine {
  endpoint: string;
  stack: Stack;
  /** Resolves when no event waits and no execution runs. */
  idle(): Promise<void>;
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
  const { port, gate = allowAll, onExecution = () => {} } = options;
  const dataDir = path.resolve(options.dataDir);
  occupy(dataDir, `http://127.0.0.1:${port}`);
  const closers: (() => unknown)[] = [() => leave(dataDir)];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const file = options.stackFile ?? (await synthesize(path.join(dataDir, 'synth')));
    const stack = loadStack(file, PLACE);
    const { account, region } = stack;
    const principals = new Principals(account, stack.roles);
    const common = { dataDir, region, account, gate };

    const sns = createSns({ ...common, topics: stack.topics });
    const sqs = createSqs({ ...common, queues: stack.queues });
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
      services: {
        invokeFunction: (arn, payload) => lambda.invoke(arn, payload),
        publish: (input, role) => sns.publish(input, principals.role(role)),
        sendMessage: ({ QueueUrl, MessageBody, MessageAttributes = {}, DelaySeconds }, role) =>
          sqs.send(
            QueueUrl as string,
            MessageBody as string,
            MessageAttributes as MessageAttributes,
            principals.role(role),
            DelaySeconds as number | undefined,
          ),
      },
    });

    const server = createEndpoint(principals, { s3, others: { dynamodb, sns, sqs, states } });
    const endpoint = await listen(server, port);
    closers.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
    occupy(dataDir, endpoint);

    const lambda = createLambda({
      functions: stack.functions,
      dataDir,
      endpoint,
      region,
      credentials: principals.role,
      modulePaths: [path.join(PROJECT, 'node_modules')],
    });
    // Executions are ended before the functions they call, or they would report failures that never happened.
    closers.push(
      () => lambda.close(),
      () => states.close(),
    );

    bus = createBus({
      rules: stack.rules,
      dataDir,
      concurrency: availableParallelism() * 2,
      deliver: async (target, event) => onExecution(await states.start(target, event).done),
      deadLetter: async (queue, event, attributes) => {
        await sqs.send(
          queue,
          JSON.stringify(event),
          asText(attributes),
          principals.service('events.amazonaws.com'),
        );
      },
    });
    closers.push(() => bus.close());

    return { endpoint, stack, idle: bus.idle, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const allowAll: Gate = async () => {};

function asText(values: Record<string, string>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}

function listen(server: ReturnType<typeof createEndpoint>, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} on 127.0.0.1 is in use. Choose another one with --port`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}
