import path from 'node:path';
import { type Engine, USER_CREDENTIALS } from '../../local-aws';
import { engineHint } from '../lib/hint';
import { relative } from '../process/report';

/**
 * What a person needs to know once the engine runs.
 *
 * @param console its address with the token
 */
export function welcome({ endpoint, stack }: Engine, dataDir: string, console: string): string {
  const { outputs, region } = stack;
  const variables = {
    AWS_ACCESS_KEY_ID: USER_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: USER_CREDENTIALS.secretAccessKey,
    AWS_DEFAULT_REGION: region,
  };
  const upload = String(outputs['upload_command']).replace(/^aws /, `aws --endpoint-url ${endpoint} `);
  return `
See every run, upload pictures and make things fail, in the browser:

  ${console}

thumbnail-workflow is running on this machine. Ctrl-C stops it.

  Endpoint     ${endpoint}
  Uploads      s3://${outputs['uploads_bucket']}
  Thumbnails   s3://${outputs['thumbnails_bucket']}
  Quarantine   s3://${outputs['quarantine_bucket']}
  Records      ${outputs['records_table']} (DynamoDB)
  Mail         ${relative(path.join(dataDir, 'mail'))}
  Logs         ${relative(path.join(dataDir, 'logs'))}
  Credentials  ${assignments(variables)}

Upload a picture, with the AWS CLI:

  ${settingOf(variables)}
  ${upload}

or without it, in another terminal:

  ${engineHint(dataDir, 'process', 'photo.jpg')}

See what happened:

  ${engineHint(dataDir, 'executions')}
`;
}

const assignments = (variables: Record<string, string>) =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/** The line that sets environment variables, in the shell that this machine has: PowerShell on Windows. */
export const settingOf = (variables: Record<string, string>, platform = process.platform): string =>
  platform === 'win32'
    ? Object.entries(variables)
        .map(([name, value]) => `$env:${name}="${value}"`)
        .join('; ')
    : `export ${assignments(variables)}`;
