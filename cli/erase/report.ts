/** What a person reads at the end of an erasure. */
import { plural, printable } from '../../contract/text';
import type { Left } from '../lib/versions';
import type { Invalidated } from './cdn';
import type { Erasure } from './erase';
import { contents } from './selection';

/** How many things that are left for the same reason are named. */
const NAMED = 5;

/** @param ended those whose record is gone too, unless something is left */
export function summarize(erasures: readonly Erasure[], ended: readonly Erasure[]): string {
  const sum = (kind: 'originals' | 'thumbnails' | 'copies') =>
    erasures.reduce((total, erasure) => total + erasure[kind], 0);
  const erased = ended.filter(({ left, uploadedAgain }) => left.length === 0 && !uploadedAgain);
  const records = erasures.filter(({ record }) => record).length;
  return `${plural(erased.length, 'image')} erased: ${contents(sum('originals'), sum('thumbnails'), sum('copies'))}, ${plural(records, 'record')}.`;
}

/** What is left, by its reason: the same reason often holds for everything. */
export function leftOver(left: readonly Left[]): string[] {
  const byReason = new Map<string, Left[]>();
  for (const each of left) byReason.set(each.why, [...(byReason.get(each.why) ?? []), each]);
  return [...byReason].flatMap(([why, things]) => [
    `Not erased: ${things
      .slice(0, NAMED)
      .map(({ what }) => what)
      .join(', ')}${things.length > NAMED ? ` and ${things.length - NAMED} more` : ''}.`,
    `  ${why}`,
  ]);
}

export const uploadedAgain = (erasures: readonly Erasure[]): string[] =>
  erasures
    .filter((erasure) => erasure.uploadedAgain)
    .map(
      ({ key }) =>
        `${printable(key)} was uploaded again in the meantime. The new image stays; what was there before is erased. Run it again if the new one is to go, too.`,
    );

export function forgotten(invalidations: readonly Invalidated[]): string[] {
  if (invalidations.length === 0) return [];
  const open = invalidations.filter(({ isComplete }) => !isComplete);
  return [
    open.length === 0
      ? 'CloudFront has forgotten what it had cached.'
      : `CloudFront is forgetting what it has cached, which takes some minutes (${open.map(({ id }) => id).join(', ')}).`,
  ];
}

export interface Reach {
  /** Days that logs are kept, and records of deleted images; undefined if the outputs don't say. */
  logDays?: string;
  tombstoneDays?: string;
  /** Whether browsers get thumbnails from a CDN. */
  isDelivered: boolean;
  /** Data folder of the engine, if it isn't AWS. */
  dataDir?: string;
  /** The command that empties it. */
  fresh?: string;
}

/** What can't be erased from here. */
export function outOfReach({ logDays, tombstoneDays, isDelivered, dataDir, fresh }: Reach): string {
  const items = dataDir
    ? [
        `Mails, messages, logs and the histories of executions in ${dataDir}: ${fresh} begins with an empty folder.`,
      ]
    : [
        `Logs name keys, and may hold details of images, for ${logDays ?? 'as many'} days (logs.retentionDays). Access logs of S3 and CloudFront stay as long as their bucket keeps them.`,
        'Mails, messages and events that were sent: whoever got them has them.',
        'Backups: of the table for up to 35 days, if records.pointInTimeRecovery is on; of buckets, if you replicate them or use AWS Backup.',
      ];
  return [
    'Out of reach of this command:',
    ...items,
    ...(isDelivered
      ? ['Browsers and other caches of viewers keep thumbnails for as long as output.cacheControl said.']
      : []),
    `An event that S3 delivers late may leave a record that a key was deleted, without anything else, for ${tombstoneDays ?? 'some'} days (records.tombstoneDays).`,
  ].join('\n  - ');
}
