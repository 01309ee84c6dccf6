import { randomBytes, randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { route } from '../lib/http/api';
import { callerOf } from '../lib/http/subject';
import { acceptanceFrom } from '../lib/image/settings';
import { Subjects } from '../lib/records/subjects';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { type CreateUploadSettings, createUpload } from './create-upload';
import { presign } from './presign';
import { readRequest } from './request';

declare module '../../contract/environment' {
  interface Environments {
    'create-upload': TableEnvironment & UploadsEnvironment & LimitsEnvironment & { FORM_SECONDS: string };
  }
}

const environment = environmentOf<'create-upload'>();
const s3 = new S3Client(clientConfig());
const subjects = new Subjects(environment.text('TABLE_NAME'));
const bucket = environment.text('UPLOADS_BUCKET');
const seconds = environment.count('FORM_SECONDS');
const settings: CreateUploadSettings = {
  ...acceptanceFrom(environment),
  prefix: environment.optional('UPLOADS_PREFIX'),
};

/** `POST /uploads` */
export const handler = route(async (event) => {
  const caller = callerOf(event.requestContext.authorizer);
  return createUpload(readRequest(event), caller, settings, {
    newId: randomUUID,
    subjectOf,
    presign: (form) => presign(s3, bucket, seconds, form),
  });
});

async function subjectOf(caller: string): Promise<string> {
  return (await subjects.find(caller)) ?? subjects.give(caller, randomBytes(16).toString('hex'), new Date());
}
