/** Links in mails. */
import { percentEncoded } from '../escape-key';
import { ERRORS } from '../vocabulary';

/** AWS gives this account to nobody. The local engine plays it, and then the console has nothing to show. */
const NO_ACCOUNT = '000000000000';

/** Of an Express execution. */
const EXECUTION = /^arn:aws:states:([\w-]+):(\d{12}):express:[\w-]+:[\w.-]+:[\w-]+$/;

/** Milliseconds. An Express execution is at most five minutes old when one of its states words a mail. */
const LONGEST_EXECUTION = 300_000;

/** Where an execution ran, if it ran on AWS. */
function regionOf(execution: string): string | undefined {
  const [, region, account] = EXECUTION.exec(execution) ?? [];
  return account === NO_ACCOUNT ? undefined : region;
}

const consoleOf = (region: string, service: string) => `https://${region}.console.aws.amazon.com/${service}`;

/**
 * The graph of an execution in the console, which looks for it in the logs from some time on.
 *
 * @param time of the mail, ISO 8601
 * @returns undefined if it ran in the local engine
 */
export function executionLink(execution: string, time: string): string | undefined {
  const region = regionOf(execution);
  const from = Date.parse(time) - LONGEST_EXECUTION;
  return (
    region &&
    `${consoleOf(region, 'states')}/home?region=${region}#/express-executions/details/${execution}?startDate=${from}`
  );
}

/**
 * An object in the console.
 *
 * @param execution of the mail, which says the region
 * @returns undefined if it is in the local engine
 */
export function objectLink(
  { bucket, key }: { bucket: string; key: string },
  execution: string,
): string | undefined {
  const region = regionOf(execution);
  return (
    region &&
    `${consoleOf(region, 's3')}/object/${bucket}?region=${region}&prefix=${percentEncoded(key).replaceAll('/', '%2F')}`
  );
}

/** Sections of docs/operations.md about several errors; every other section about an error has its name. */
const SHARED_SECTIONS = [
  ['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'KMS.AccessDeniedException'],
  ['InvalidRequest', 'InvalidObjectState'],
  ['Lambda.Unknown', 'Sandbox.Timedout', 'Runtime.ExitError', 'Runtime.OutOfMemory', 'States.Timeout'],
  [
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
  ],
  ['Lambda.TooManyRequestsException', 'Throttled'],
];

/** Where the runbook is without a setting: in the checkout. */
export const RUNBOOK = 'docs/operations.md';

/** The section of the runbook about an error. @param runbook its URL or path */
export function runbookLink(error: string, runbook = RUNBOOK): string {
  const shared = SHARED_SECTIONS.find((names) => names.includes(error));
  const heading = shared?.join(', ') ?? ownSection(error) ?? 'Error names';
  return `${runbook}#${heading
    .toLowerCase()
    .replace(/[^a-z0-9_ -]/g, '')
    .replaceAll(' ', '-')}`;
}

function ownSection(error: string): string | undefined {
  if (error.startsWith('EventBridge.')) return 'EventBridge.FailedEntry';
  return Object.hasOwn(ERRORS, error) ? error : undefined;
}
