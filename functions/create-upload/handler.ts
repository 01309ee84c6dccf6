import { randomBytes, randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { route } from '../lib/http/api';
import { callerOf } from '../lib/http/subject';
import { acceptanceFrom } from '../lib/image/settings';
import { Subjects } from '../lib/records/subjects';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { type CreateUploadSettings, createUpload } from './create-upload';
import { Presigner } from './presign';
import { readRequest } from './request';

declare module '../../contract/environment' {
  interface Environments {
    'create-upload': TableEnvironment &
      UploadsEnvironment &
      LimitsEnvironment & {
        UPLOAD_SECONDS: string;
        /** Set if callers may ask for a form. */
        FORMS?: string;
      };
  }
}

const environment = environmentOf<'create-upload'>();
const s3 = new S3Client({ ...clientConfig(), requestChecksumCalculation: 'WHEN_REQUIRED' });
const subjects = new Subjects(environment.text('TABLE_NAME'));
const presigner = new Presigner(s3, environment.text('UPLOADS_BUCKET'), environment.count('UPLOAD_SECONDS'));
const settings: CreateUploadSettings = {
  ...acceptanceFrom(environment),
  prefix: environment.optional('UPLOADS_PREFIX'),
  forms: environment.optional('FORMS') !== '',
};

/** `POST /uploads` */
export const handler = route(async (event) => {
  const caller = callerOf(event.requestContext.authorizer);
  return createUpload(readRequest(event), caller, settings, {
    newId: randomUUID,
    subjectOf,
    put: (upload) => presigner.put(upload),
    form: (upload) => presigner.form(upload),
  });
});

async function subjectOf(caller: string): Promise<string> {
  return (await subjects.find(caller)) ?? subjects.give(caller, randomBytes(16).toString('hex'), new Date());
}
