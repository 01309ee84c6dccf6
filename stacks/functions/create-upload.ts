import type { Settings } from '../settings/schema';
import {
  environmentOf,
  limitsEnvironment,
  type Resources,
  type Task,
  uploadsEnvironment,
  useKeyOfUploads,
} from './task';

/** Signs forms with its own credentials: what S3 does for a form, it does in the name of this function. */
export function createUpload(resources: Resources, settings: Settings): Task {
  const { uploads } = resources;
  return {
    description: 'Gives a signed form to upload one image with.',
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
