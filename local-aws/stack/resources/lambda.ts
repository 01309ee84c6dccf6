import { uuidOf } from '../uuid';
import { type Attribute, arn, type Get, PARTITION, type Place, type ResourceTypes, same } from './type';

const functionArn = arn('lambda', (get) => `function:${get('function_name')}`);
/** How API Gateway names a function. */
const invokeArn = (qualifier: string) => (get: Get, place: Place) =>
  `arn:${PARTITION}:apigateway:${place.region}:lambda:path/2015-03-31/functions/${functionArn(get, place)}${qualifier}/invocations`;
/** Stays the same from run to run, as long as the URL keeps its address. */
const urlId: Attribute = (_, __, address) => uuidOf(address).replaceAll('-', '');
const urlDomain = (get: Get, place: Place, address: string) =>
  `${urlId(get, place, address)}.lambda-url.${place.region}.on.aws`;
const functionVersion = (get: Get) => (get('publish') ? '1' : '$LATEST');

export const LAMBDA: ResourceTypes = {
  aws_lambda_function: {
    arguments: [
      'function_name',
      'description',
      'role',
      'handler',
      'runtime',
      'architectures',
      'filename',
      'source_code_hash',
      'package_type',
      'publish',
      'timeout',
      'memory_size',
      'environment',
      'kms_key_arn',
      'ephemeral_storage',
      'reserved_concurrent_executions',
      'logging_config',
      'tracing_config',
    ],
    attributes: {
      id: same('function_name'),
      arn: functionArn,
      version: functionVersion,
      invoke_arn: invokeArn(''),
      qualified_invoke_arn: (get, place) => invokeArn(`:${functionVersion(get)}`)(get, place),
      qualified_arn: (get, place) => `${functionArn(get, place)}:${functionVersion(get)}`,
    },
  },
  aws_lambda_event_source_mapping: {
    arguments: [
      'event_source_arn',
      'function_name',
      'batch_size',
      'enabled',
      'function_response_types',
      'scaling_config',
    ],
  },
  aws_lambda_provisioned_concurrency_config: {
    arguments: ['function_name', 'qualifier', 'provisioned_concurrent_executions'],
    noEffect: 'a process starts in a second, and costs the memory of this machine while it waits',
  },
  aws_lambda_function_url: {
    arguments: ['function_name', 'authorization_type', 'invoke_mode'],
    attributes: {
      id: same('function_name'),
      url_id: urlId,
      function_url: (...input) => `https://${urlDomain(...input)}/`,
      function_arn: (get, place) => {
        const name = String(get('function_name'));
        return name.startsWith('arn:') ? name : functionArn(() => name, place);
      },
    },
  },
  aws_lambda_permission: {
    arguments: [
      'statement_id',
      'action',
      'function_name',
      'qualifier',
      'principal',
      'source_arn',
      'source_account',
      'function_url_auth_type',
    ],
  },
};
