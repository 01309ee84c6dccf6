import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { plural, printable } from '../../contract/text';
import type { Result } from '../lib/command';
import type { TargetValues } from '../lib/options';
import { openTarget } from '../lib/target';
import { processingSince } from './processing';

export async function listStuck({ minutes, ...place }: TargetValues & { minutes: number }): Promise<Result> {
  const target = await openTarget(place);
  try {
    const client = target.connect(DynamoDBClient);
    const before = new Date(Date.now() - minutes * 60_000).toISOString();
    const table = target.outputs['records_table'] as string;
    const stuck = await processingSince(client, table, before);
    for (const { id, startedAt } of stuck) {
      console.log(printable(`${startedAt}  s3://${id}`));
    }
    const long = `been PROCESSING for more than ${plural(minutes, 'minute')}`;
    return stuck.length === 0
      ? { ok: true, summary: `No image has ${long}.` }
      : {
          ok: false,
          summary: `${plural(stuck.length, 'image')} ${stuck.length === 1 ? 'has' : 'have'} ${long}. To run one again: ${target.hint('replay', '--key', 'KEY')}`,
        };
  } finally {
    await target.close();
  }
}
