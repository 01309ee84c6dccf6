import type { Settings } from '../settings/schema';
import {
  environmentOf,
  limitsEnvironment,
  type Resources,
  type Task,
  uploadsEnvironment,
  useKeyOfUploads,
} from './task';

/** Signs upload forms with its own credentials: S3 accepts an upload by form with the rights of this function. */
export function createUpload(resources: Resources, settings: Settings): Task {
  const { uploads } = resources;
  return {
    description: 'Returns a signed form with which one image can be uploaded.',
    environment: environmentOf('create-upload', {
      ...uploadsEnvironment(resources),
      ...limitsEnvironment(settings),
      FORM_SECONDS: String(settings.uploadApi.formSeconds),
    }),
    statements: [
      {
        sid: 'UploadByForm',
        actions: ['s3:PutObject'],
        resources: [uploads.objectsArn],
      },
      ...useKeyOfUploads(uploads, 'kms:GenerateDataKey'),
    ],
  };
}
