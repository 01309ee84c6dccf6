/** Makes the CDN forget erased images. */
import { randomUUID } from 'node:crypto';
import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { escapedBeginnings, percentEncoded } from '../../contract/escape-key';
import type { Left } from '../lib/versions';
import type { Place } from './place';

/** Paths with a wildcard that may be in progress: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const WILDCARDS = 15;

/**
 * The paths of all variants of one image, with every query: CloudFront keeps each version of a URL by itself. The wildcard also
 * meets images whose key goes on after a slash, `a.jpg/x.jpg` beside `a.jpg`: they are fetched again, and nothing else happens
 * to them. What the bucket holds doesn't say what was cached: variants of earlier formats and settings are.
 */
export const pathsOf = (key: string, { folders }: Pick<Place, 'folders'>): string[] =>
  folders(key).map((folder) => asPath(folder));

/** The paths of all variants of every image whose key begins with a prefix: one, which is also what it costs. */
export const pathsUnder = (prefix: string, { thumbnailsPrefix }: Pick<Place, 'thumbnailsPrefix'>): string[] =>
  escapedBeginnings(prefix).map((beginning) => asPath(thumbnailsPrefix + beginning));

/** CloudFront takes no unsafe character of RFC 1738 in a path, which a tilde is. */
const asPath = (beginning: string) => `/${percentEncoded(beginning).replaceAll('~', '%7E')}*`;

export interface Invalidated {
  id: string;
  /** False as long as edges still work on it. */
  isComplete: boolean;
}

/** @throws what CloudFront answers */
export async function invalidate(
  client: CloudFrontClient,
  DistributionId: string,
  paths: readonly string[],
): Promise<Invalidated[]> {
  const { CreateInvalidationCommand } = await import('@aws-sdk/client-cloudfront');
  const done: Invalidated[] = [];
  for (let start = 0; start < paths.length; start += WILDCARDS) {
    const Items = paths.slice(start, start + WILDCARDS);
    const { Invalidation } = await client.send(
      new CreateInvalidationCommand({
        DistributionId,
        InvalidationBatch: { Paths: { Quantity: Items.length, Items }, CallerReference: randomUUID() },
      }),
    );
    done.push({ id: Invalidation?.Id ?? '', isComplete: Invalidation?.Status === 'Completed' });
  }
  return done;
}

export const notInvalidated = (error: unknown): Left => ({
  what: 'what CloudFront has cached',
  why: `${(error as Error).message}\n  Run it again, or invalidate it as docs/delivery.md says.`,
});
