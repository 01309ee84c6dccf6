import { UsageError } from '../lib/command';

/** Outputs of the stack that name the queues. */
export const QUEUES = { 'dead-letters': 'dead_letter_queue_url', failures: 'failure_queue_url' } as const;
export type QueueName = keyof typeof QUEUES;

/** @throws UsageError for a name that no queue has */
export function readQueues(text: string, option: string): QueueName[] {
  if (text === 'both') return Object.keys(QUEUES) as QueueName[];
  if (Object.hasOwn(QUEUES, text)) return [text as QueueName];
  throw new UsageError(`Expected dead-letters, failures or both for ${option} but received "${text}"`);
}
