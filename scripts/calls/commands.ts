/** What IAM checks for each call of the SDK, and what it checks without one. */

/** Actions by command of the SDK: alternatives, of each of which a role needs every action. */
export const COMMANDS: Record<string, string[][]> = {
  GetItemCommand: [['dynamodb:GetItem']],
  QueryCommand: [['dynamodb:Query']],
  UpdateItemCommand: [['dynamodb:UpdateItem']],
  // A version that is named is a permission of its own: docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
  GetObjectCommand: [['s3:GetObjectVersion'], ['s3:GetObject']],
  HeadObjectCommand: [['s3:GetObjectVersion'], ['s3:GetObject']],
  PutObjectCommand: [['s3:PutObject']],
  DeleteObjectCommand: [['s3:DeleteObject']],
  // docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
  CopyObjectCommand: [['s3:GetObjectVersion', 's3:PutObject', 's3:PutObjectTagging']],
  // S3 takes an upload by form, if there are any, with the rights of who signed it.
  createPresignedPost: [['s3:PutObject']],
  PublishCommand: [['sns:Publish']],
  SendMessageCommand: [['sqs:SendMessage']],
  ChangeMessageVisibilityCommand: [['sqs:ChangeMessageVisibility']],
  // Of a parameter that is encrypted with a key of the account, kms:Decrypt too.
  GetParameterCommand: [['ssm:GetParameter']],
  StartSyncExecutionCommand: [['states:StartSyncExecution']],
};

/** Actions that a service uses with the role of a function, or that change what an error says. */
export const WITHOUT_A_CALL: Record<string, string> = {
  'logs:CreateLogStream': 'Lambda writes the logs',
  'logs:PutLogEvents': 'Lambda writes the logs',
  'xray:PutTelemetryRecords': 'Lambda writes the traces',
  'xray:PutTraceSegments': 'Lambda writes the traces',
  's3:ListBucket': 'S3 answers 404 rather than 403 for a key that is gone',
  'sqs:DeleteMessage': 'Lambda takes messages for the function',
  'sqs:GetQueueAttributes': 'Lambda takes messages for the function',
  'sqs:ReceiveMessage': 'Lambda takes messages for the function',
};

/** Actions of the integrations that states of the definition use, by the end of their ARN. */
export const INTEGRATIONS: Record<string, string> = {
  'sns:publish': 'sns:Publish',
  'events:putEvents': 'events:PutEvents',
  'sqs:sendMessage': 'sqs:SendMessage',
};

/**
 * Calls that are in the code of a function, because it shares a class or a file with others, and that it never makes.
 * Nothing grants them; test/end-to-end/permissions runs every situation and sees none denied.
 */
export const NEVER_MADE: Record<string, string[]> = {
  'get-image': ['UpdateItemCommand'],
  notify: ['GetItemCommand'],
  quarantine: ['GetItemCommand'],
  remove: ['PutObjectCommand'],
  'store-metadata': ['GetItemCommand', 'PutObjectCommand'],
  thumbnail: ['DeleteObjectCommand'],
};
