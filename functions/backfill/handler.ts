import { setTimeout as wait } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import type { Batch } from '../../contract/backfill';
import { Throttled } from '../../contract/errors';
import { recipesFrom } from '../lib/image/settings';
import { Records } from '../lib/records/records';
import { settingsHashFrom } from '../lib/records/settings-hash';
import { asWorkflowError } from '../lib/runtime/aws-errors';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import type { Context } from '../lib/runtime/task';
import { currentVersion } from '../lib/storage/uploads';
import { type BackfillSettings, backfill } from './backfill';
import { Runs } from './runs';
import { type SummaryRequest, summarize } from './summary';

declare module '../../contract/environment' {
  interface Environments {
    backfill: TableEnvironment &
      RecipesEnvironment &
      UploadsEnvironment &
      OutcomeEnvironment & { UPLOADS_SUFFIXES: string; STATE_MACHINE_ARN: string };
  }
}

const environment = environmentOf<'backfill'>();
/** No state retries one image of a batch, so the clients do. */
const config = { ...clientConfig(), maxAttempts: 4 };
const s3 = new S3Client(config);
/** A run of the workflow may take most of five minutes. */
const states = new SFNClient({
  ...config,
  maxAttempts: 1,
  requestHandler: { ...config.requestHandler, requestTimeout: 295_000 },
});
const records = new Records(environment.text('TABLE_NAME'), config);
const runs = new Runs(environment.text('TABLE_NAME'), config);
const stateMachineArn = environment.text('STATE_MACHINE_ARN');
const [, , , region = '', account = ''] = stateMachineArn.split(':');
const settings: BackfillSettings = {
  bucket: environment.text('UPLOADS_BUCKET'),
  prefix: environment.optional('UPLOADS_PREFIX'),
  suffixes: environment.list('UPLOADS_SUFFIXES'),
  recipes: recipesFrom(environment),
  settingsHash: settingsHashFrom(environment),
  account,
  region,
};

/** Gets a batch of images, or, at the end of a run, is asked for the mail about it. */
export async function handler(input: Batch | SummaryRequest, context: Context) {
  if ('summarize' in input) return summarize(input.summarize, await runs.find(input.summarize.run));
  return backfill(input, settings, {
    current: (object) => currentVersion(s3, object),
    record: (object) => records.find(object),
    run: (event, name) =>
      states.send(new StartSyncExecutionCommand({ stateMachineArn, name, input: JSON.stringify(event) })),
    isThrottled: (error) =>
      asWorkflowError(error) instanceof Throttled || (error as Error).name === 'ExecutionLimitExceeded',
    timeLeft: () => context.getRemainingTimeInMillis(),
    wait: (milliseconds) => wait(milliseconds),
    count: (answer) => runs.add(input.BatchInput.run, answer, new Date()),
  });
}
