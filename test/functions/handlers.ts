import type { FunctionName } from '../../contract/environment';

/** What a function's file exports for Lambda. */
interface Loaded {
  // biome-ignore lint/suspicious/noExplicitAny: each handler has an input of its own
  handler: (input: any, context: object) => Promise<unknown>;
}

/**
 * Loads a function's handler, which reads its environment variables then. Each path is written out, because Jest finds the
 * tests of a file by such paths (`jest --findRelatedTests`, `npm run mutate`).
 */
export const load: Record<FunctionName, () => Loaded> = {
  validate: () => require('../../functions/validate/handler'),
  thumbnail: () => require('../../functions/thumbnail/handler'),
  'store-metadata': () => require('../../functions/store-metadata/handler'),
  notify: () => require('../../functions/notify/handler'),
  quarantine: () => require('../../functions/quarantine/handler'),
  remove: () => require('../../functions/remove/handler'),
  resume: () => require('../../functions/resume/handler'),
  watch: () => require('../../functions/watch/handler'),
  backfill: () => require('../../functions/backfill/handler'),
  render: () => require('../../functions/render/handler'),
  'create-upload': () => require('../../functions/create-upload/handler'),
  'get-image': () => require('../../functions/get-image/handler'),
};
