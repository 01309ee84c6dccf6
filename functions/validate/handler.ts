import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { TaskInput } from '../../contract/states';
import type { ExamineSettings } from '../lib/image/examine';
import { acceptanceFrom, recipesFrom } from '../lib/image/settings';
import { assertSameVersion, isNews } from '../lib/records/order';
import { Records } from '../lib/records/records';
import { claim } from '../lib/records/updates';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { emit } from '../lib/runtime/metrics';
import { rehearse } from '../lib/runtime/rehearse';
import { task } from '../lib/runtime/task';
import { readHead, readVersion } from '../lib/storage/uploads';
import { validate } from './validate';

declare module '../../contract/environment' {
  interface Environments {
    validate: TableEnvironment & LimitsEnvironment & RecipesEnvironment;
  }
}

const environment = environmentOf<'validate'>();
const s3 = new S3Client(clientConfig());
rehearse(s3, new GetObjectCommand({ Bucket: 'rehearsal', Key: 'rehearsal' }));
const records = new Records(environment.text('TABLE_NAME'));
const settings: ExamineSettings = {
  ...acceptanceFrom(environment),
  ...recipesFrom(environment),
};

export const handler = task(
  'image',
  ['source', 'format', 'width', 'height', 'frames', 'bytes', 'preset'],
  (input: TaskInput) =>
    validate(
      input,
      settings,
      {
        readHead: (source, length) => readHead(s3, source, length, settings.limits),
        readWhole: (source) => readVersion(s3, source, settings.limits),
        claim: async (image, thumbnailKeys) => {
          const outcome = await records.apply(claim(image, thumbnailKeys, input.execution, new Date()));
          if (isNews(outcome, image.source, 'PROCESSING')) emit({ Uploads: 1 });
          if (!outcome.applied) assertSameVersion(image.source, outcome.current);
          return (outcome.applied ? outcome.before : outcome.current)?.thumbnailKeys ?? new Set();
        },
        record: (object) => records.find(object),
      },
      new Date(),
    ),
);
