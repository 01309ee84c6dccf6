import { S3Client } from '@aws-sdk/client-s3';
import type { InputFormat } from '../shared/contract';
import * as environment from '../shared/environment';
import { limitsFromEnvironment } from '../shared/limits';
import { presetsFromEnvironment } from '../shared/presets';
import { clientConfig, task } from '../shared/task';
import { ThumbnailBucket } from '../shared/thumbnail-bucket';
import { readVersion } from '../shared/uploads';
import { configureSharp } from './render';
import { makeThumbnails, type ThumbnailSettings } from './thumbnail';

const s3 = new S3Client({ ...clientConfig, responseChecksumValidation: 'WHEN_REQUIRED' });
const thumbnails = new ThumbnailBucket(s3, environment.text('THUMBNAILS_BUCKET'));
const CacheControl = environment.text('CACHE_CONTROL');
const settings: ThumbnailSettings = {
  accepted: environment.list<InputFormat>('ACCEPTED_FORMATS'),
  limits: limitsFromEnvironment(),
  presets: presetsFromEnvironment(),
  background: environment.text('BACKGROUND'),
};
configureSharp(settings.accepted);

export const handler = task<'image'>((input) =>
  makeThumbnails(input, settings, {
    bucket: thumbnails.name,
    readWhole: (source) => readVersion(s3, source, settings.limits),
    find: (key) => thumbnails.find(key),
    write: (key, data, format, precondition) =>
      thumbnails.write(key, data, input.state.image, precondition, {
        ContentType: `image/${format}`,
        CacheControl,
      }),
  }),
);
