import { S3Client } from '@aws-sdk/client-s3';
import type { InputFormat } from '../shared/contract';
import * as environment from '../shared/environment';
import { limitsFromEnvironment } from '../shared/limits';
import { emit, isNews } from '../shared/metrics';
import { recipesFromEnvironment } from '../shared/presets';
import { claim } from '../shared/record';
import { Records } from '../shared/records';
import { assertSameVersion } from '../shared/source';
import { clientConfig, task } from '../shared/task';
import { readHead, readVersion } from '../shared/uploads';
import type { ExamineSettings } from './examine';
import { validate } from './validate';

const s3 = new S3Client(clientConfig);
const records = new Records(environment.text('TABLE_NAME'));
const settings: ExamineSettings = {
  accepted: environment.list<InputFormat>('ACCEPTED_FORMATS'),
  limits: limitsFromEnvironment(),
  ...recipesFromEnvironment(),
};

export const handler = task((input) =>
  validate(input, settings, {
    readHead: (source, length) => readHead(s3, source, length),
    readWhole: (source) => readVersion(s3, source, settings.limits),
    claim: async (image, thumbnailKeys) => {
      const outcome = await records.apply(claim(image, thumbnailKeys, input.execution, new Date()));
      if (isNews(outcome, image.source, 'PROCESSING')) emit({ Uploads: 1 });
      if (!outcome.applied) assertSameVersion(image.source, outcome.current);
      return (outcome.applied ? outcome.before : outcome.current)?.thumbnailKeys ?? new Set();
    },
  }),
);
