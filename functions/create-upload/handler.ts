import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { route } from '../lib/http/api';
import { subjectOf } from '../lib/http/subject';
import { acceptanceFrom } from '../lib/image/settings';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { type CreateUploadSettings, createUpload } from './create-upload';
import { presign } from './presign';
import { readRequest } from './request';

declare module '../../contract/environment' {
  interface Environments {
    'create-upload': UploadsEnvironment & LimitsEnvironment & { FORM_SECONDS: string };
  }
}

const environment = environmentOf<'create-upload'>();
const s3 = new S3Client(clientConfig());
const bucket = environment.text('UPLOADS_BUCKET');
const seconds = environment.count('FORM_SECONDS');
const settings: CreateUploadSettings = {
  ...acceptanceFrom(environment),
  prefix: environment.optional('UPLOADS_PREFIX'),
};

/** `POST /uploads` */
export const handler = route(async (event) => {
  const subject = subjectOf(event.requestContext.authorizer);
  return createUpload(readRequest(event), subject, settings, {
    newId: randomUUID,
    presign: (form) => presign(s3, bucket, seconds, form),
  });
});
