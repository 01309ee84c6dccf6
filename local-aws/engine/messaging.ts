import type { Kms } from '../kms';
import { createSns, type Sns } from '../sns';
import { createSqs, type Sqs } from '../sqs';
import type { Context } from './context';

export function openSns({ stack, dataDir, account, gate }: Context, kms: Kms): Sns {
  return createSns({ dataDir, account, gate, topics: stack.topics, useKey: kms.through('sns') });
}

export function openSqs({ stack, dataDir, gate, waitScale, shutdown }: Context, kms: Kms): Sqs {
  const sqs = createSqs({ dataDir, gate, queues: stack.queues, useKey: kms.through('sqs'), waitScale });
  shutdown.on('sqs', () => sqs.close());
  return sqs;
}
