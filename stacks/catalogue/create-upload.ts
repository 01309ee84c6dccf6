import { SUBJECT_PREFIX } from '../../contract/subject';
import { API_MAX_TIMEOUT, type EndpointFunction, environmentOf } from './entry';
import { limitsEnvironment, uploadsEnvironment } from './environment';
import { useKeyOfUploads } from './permissions';

/** It signs uploads with its own credentials: S3 accepts them with the permissions of this function. */
export const createUpload = {
  kind: 'endpoint',
  folder: 'create-upload',
  description: 'Signs the upload of one image.',
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
      UPLOAD_SECONDS: String(given.settings.uploadApi.uploadSeconds),
      ...(given.settings.uploadApi.allowForms && { FORMS: 'on' }),
    }),
  permissions: ({ uploads, records, settings: { uploadApi } }) => [
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
      // Nothing that it signs can replace an object, unless there are forms: those can't have such a condition.
      sid: 'SignUploads',
      actions: ['s3:PutObject'],
      resources: [uploads.objectsArn],
      ...(!uploadApi.allowForms && {
        condition: [{ test: 'Null', variable: 's3:if-none-match', values: ['false'] }],
      }),
    },
    ...useKeyOfUploads(uploads, 'kms:GenerateDataKey'),
  ],
} as const satisfies EndpointFunction;
