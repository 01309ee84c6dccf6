import { SUBJECT_PREFIX } from '../../contract/subject';
import { API_MAX_TIMEOUT, type EndpointFunction, environmentOf } from './entry';
import { limitsEnvironment, uploadsEnvironment } from './environment';
import { useKeyOfUploads } from './permissions';

/** It signs upload forms with its own credentials: S3 accepts an upload by form with the permissions of this function. */
export const createUpload = {
  kind: 'endpoint',
  folder: 'create-upload',
  description: 'Returns a signed form with which one image can be uploaded.',
  note: 'It exists only with `uploadApi`.',
  existsFor: ({ uploadApi }) => uploadApi.enabled,
  memoryMb: 512,
  timeoutSeconds: 5,
  maxTimeoutSeconds: API_MAX_TIMEOUT,
  environment: (given) =>
    environmentOf('create-upload', {
      TABLE_NAME: given.records.name,
      ...uploadsEnvironment(given),
      ...limitsEnvironment(given.settings),
      FORM_SECONDS: String(given.settings.uploadApi.formSeconds),
    }),
  permissions: ({ uploads, records }) => [
    {
      // Of the table only the items with the ids of users: it can neither read nor change a record.
      sid: 'GiveUsersAnId',
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [records.arn],
      condition: [
        {
          test: 'ForAllValues:StringLike',
          variable: 'dynamodb:LeadingKeys',
          values: [`${SUBJECT_PREFIX}*`],
        },
      ],
    },
    {
      sid: 'UploadByForm',
      actions: ['s3:PutObject'],
      resources: [uploads.objectsArn],
    },
    ...useKeyOfUploads(uploads, 'kms:GenerateDataKey'),
  ],
} as const satisfies EndpointFunction;
