import { HeadObjectCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import type { ObjectName } from '../../contract/source';
import { route } from '../lib/http/api';
import { callerOf } from '../lib/http/subject';
import { Records } from '../lib/records/records';
import { Subjects } from '../lib/records/subjects';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { type GetImageSettings, getImage } from './get-image';
import { urlSignerFrom } from './url-signer';

declare module '../../contract/environment' {
  interface Environments {
    'get-image': TableEnvironment & UploadsEnvironment & SigningEnvironment & { DELIVERY_URL: string };
  }
}

const environment = environmentOf<'get-image'>();
const s3 = new S3Client(clientConfig());
const table = environment.text('TABLE_NAME');
const records = new Records(table);
const subjects = new Subjects(table);
const settings: GetImageSettings = {
  bucket: environment.text('UPLOADS_BUCKET'),
  prefix: environment.optional('UPLOADS_PREFIX'),
  deliveryUrl: environment.text('DELIVERY_URL'),
};
const signer = urlSignerFrom(environment);

/** `GET /images/{id}` */
export const handler = route(async ({ headers, pathParameters, requestContext }) => {
  const caller = callerOf(requestContext.authorizer);
  const request = { id: pathParameters?.['id'], caller, ifNoneMatch: headers['if-none-match'] };
  return getImage(request, settings, {
    subjectOf: (name) => subjects.find(name),
    find: (object) => records.find(object),
    exists,
    signer,
  });
});

async function exists({ bucket, key }: ObjectName): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if ((error as S3ServiceException).name === 'NotFound') return false;
    throw error;
  }
}
