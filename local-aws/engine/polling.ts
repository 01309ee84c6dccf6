import type { Lambda } from '../lambda';
import { type EventSource, startEventSource } from '../lambda/event-source';
import type { Sqs } from '../sqs';
import type { Context } from './context';

/**
 * Starts polling the queue of every event source mapping.
 *
 * @throws Error when the role of a function may not read its queue
 */
export async function startPolling(
  { stack, region, principals, faults, log, shutdown }: Context,
  { lambda, sqs }: { lambda: Lambda; sqs: Sqs },
): Promise<EventSource[]> {
  const sources: EventSource[] = [];
  let closed: Promise<unknown> = Promise.resolve();
  shutdown.on('polling', () => {
    closed = Promise.all(sources.map((source) => source.close()));
  });
  shutdown.on('received messages', () => closed);

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
  return sources;
}
