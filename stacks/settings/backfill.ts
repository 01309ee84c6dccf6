/** Settings of backfills. */
import { flag, group, integer, text } from './expectations';
import { BUCKET_NAME } from './names';

export const backfill = group({
  enabled: flag().default(false).meta({
    description:
      'Whether the stack has a state machine that `npm run backfill` starts: docs/backfill.md. It costs nothing until then.',
  }),
  concurrency: integer(1, 5_000).default(4).meta({
    description:
      'How many images a backfill works on at once at most; `--concurrency` can ask for fewer. Each takes one of the account’s concurrency, and each ten take one more, which uploads then don’t have: the default fits even an account that has 10 in all. At most half of `functions.thumbnail.reservedConcurrency`, if that is a number.',
  }),
  inventoryBucket: text(BUCKET_NAME, 'the name of a bucket').optional().meta({
    description:
      'An existing bucket with S3 Inventory reports of the uploads bucket, in the stack’s region and account, for `npm run backfill -- --inventory`. A backfill may read all of its objects.',
  }),
})
  .prefault({})
  .meta({
    description:
      'Makes the thumbnails of images that were in the bucket before the stack, or that were made with other settings.',
  });
