import type { serviceMetrics } from '../cloudwatch/services';
import { timesFull } from '../durable';
import { createEventBridge, type EventBridge } from '../events';
import { assume } from '../iam/assume';
import type { Lambda } from '../lambda';
import { asynchronous } from '../lambda/asynchronous';
import { AwsError, type Principal } from '../service';
import type { Sns } from '../sns';
import type { MessageAttributes, Sqs } from '../sqs';
import type { Rule } from '../stack/model';
import type { Execution, StateMachines } from '../states';
import type { Context } from './context';

const EVENT_BRIDGE = 'events.amazonaws.com';

export interface EventTargets {
  lambda: Lambda;
  states: StateMachines;
  sns: Sns;
  sqs: Sqs;
  metrics: ReturnType<typeof serviceMetrics>;
  /** How many events are delivered at the same time. */
  concurrency: number;
  /** Whether scheduled rules run by themselves. */
  timers: boolean;
  /** Whether what an event announces has happened. */
  happened: (event: object) => boolean;
  /** Receives each event that no rule matches. */
  unmatched?: (event: object) => void;
}

/** @throws Error if a rule's pattern is one that AWS would refuse */
export function openEventBus(context: Context, targets: EventTargets): EventBridge {
  const { stack, dataDir, principals, gate, faults, waitScale, log, shutdown } = context;
  const { lambda, states, sns, sqs, metrics, concurrency, timers, unmatched, happened } = targets;
  const stopped = new AbortController();
  const invokeLater = asynchronous({ invoke: lambda.invoke, waitScale, signal: stopped.signal, log });
  // A target without a version is the latest, and there is only one version here.
  const versions = new Map(
    stack.functions.flatMap(({ arn, qualifiedArn }) =>
      [arn, qualifiedArn].map((each) => [each, qualifiedArn]),
    ),
  );

  /** Hands an event to a target. `done` settles once whatever it started has ended. */
  async function begin(
    target: string,
    event: object,
    principal: Principal,
  ): Promise<{ done?: Promise<unknown> }> {
    const [, , service] = target.split(':');
    if (service === 'sqs') {
      await sqs.send(target, JSON.stringify(event), {}, principal);
      return {};
    }
    if (service === 'sns') {
      await sns.publish({ TopicArn: target, Message: JSON.stringify(event) }, principal);
      return {};
    }
    const version = versions.get(target);
    const action = version ? 'lambda:InvokeFunction' : 'states:StartExecution';
    await gate({ principal, action, resource: target });
    return version ? { done: invokeLater(version, event) } : states.start(target, event);
  }

  const bus = createEventBridge({
    rules: stack.rules,
    schedules: stack.schedules,
    timers,
    dataDir,
    concurrency,
    unmatched,
    happened,
    deliver: async (target, event, rule) => {
      const principal = await starterOf(context, rule, target);
      const fullBefore = timesFull();
      const started = await faults.call(() => begin(target, event, principal));
      metrics.delivery('Invocations', rule);
      const ended = await started.done;
      // Here a full disk is all of AWS failing at once: no failure that the run recorded or told anyone would remain.
      if (isExecution(ended) && ended.status === 'FAILED' && timesFull() > fullBefore) {
        throw new AwsError('InternalError', 'The disk was full during the execution, which failed', 500);
      }
    },
    deadLetter: async (queue, event, attributes) => {
      const sender = principals.service(EVENT_BRIDGE, attributes['RULE_ARN']);
      await sqs.send(queue, JSON.stringify(event), asText(attributes), sender);
    },
    measure: metrics.delivery,
    lost: log,
  });
  shutdown.on('event bus', () => {
    stopped.abort();
    bus.close();
  });
  return bus;
}

/** EventBridge starts a target as the role that the target names, or as itself. */
async function starterOf({ iam, principals }: Context, rule: Rule, target: string): Promise<Principal> {
  const service = principals.service(EVENT_BRIDGE, rule.arn);
  const role = rule.targets.find(({ arn }) => arn === target)?.role;
  return role === undefined ? service : assume(iam, principals, role, service);
}

const isExecution = (value: unknown): value is Execution =>
  typeof value === 'object' && value !== null && 'executionArn' in value;

function asText(values: Record<string, string>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}
