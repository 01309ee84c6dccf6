/**
 * The environment of a function process: its own variables and those that Lambda sets. From the engine's environment it
 * only takes what a debugger needs.
 */

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Principal } from '../service';
import type { LambdaFunction } from '../stack/model';

export interface Surroundings {
  /** Folder of the unpacked package, `/var/task` on AWS. */
  folder: string;
  /** Address of the Runtime API for this one process. */
  runtimeApi: string;
  /** Endpoint of every AWS service. */
  endpoint: string;
  region: string;
  credentials: Principal;
  /** Folders with packages that the deployment package leaves out, like a layer. */
  modulePaths: string[];
}

/** Lambda's variables: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export function environmentOf(fn: LambdaFunction, surroundings: Surroundings): Record<string, string> {
  const { folder, runtimeApi, endpoint, region, credentials, modulePaths } = surroundings;
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  const unreserved = {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LAMBDA_TASK_ROOT: folder,
    NODE_PATH: modulePaths.join(path.delimiter),
    // The SDK reads ~/.aws, whose settings are not meant for the function.
    HOME: folder,
    USERPROFILE: folder,
    // A warning about this machine's Node.js doesn't belong in the log of a function.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const reserved = {
    _HANDLER: fn.handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: fn.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[${fn.version}]${randomUUID().replaceAll('-', '')}`,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    // Node.js cannot open a socket on Windows without it.
    ...(process.env['SystemRoot'] && { SystemRoot: process.env['SystemRoot'] }),
  };
  return { ...unreserved, ...fn.environment, ...reserved, ...debuggerOf(process.env) };
}

/** The variables by which VS Code attaches to the processes that a debugged program starts; none without a debugger. */
function debuggerOf({ VSCODE_INSPECTOR_OPTIONS, NODE_OPTIONS }: NodeJS.ProcessEnv): Record<string, string> {
  if (!VSCODE_INSPECTOR_OPTIONS || !NODE_OPTIONS) return {};
  return { VSCODE_INSPECTOR_OPTIONS, NODE_OPTIONS };
}
