/** CloudWatch Logs on this machine: reads what functions and state machines have logged. */

import { jsonService } from '../json-service';
import { AwsError, type DocumentService, type Gate, type Principal } from '../service';
import type { Stack } from '../stack/model';
import { functionGroup, type Group, type LogEvent, machineGroup } from './groups';
import { compileFilter } from './pattern';

export interface LogsOptions {
  /** The logs are in its folders `logs` and `executions`. */
  dataDir: string;
  gate: Gate;
  stack: Pick<Stack, 'account' | 'region' | 'logGroups' | 'functions' | 'stateMachines'>;
}

interface Input {
  logGroupName?: string;
  /** A name or an ARN. */
  logGroupIdentifier?: string;
  filterPattern?: string;
  startTime?: number;
  endTime?: number;
  limit?: number;
  nextToken?: string;
  /** Has no effect on AWS either. */
  interleaved?: boolean;
}

const KNOWN = [
  'logGroupName',
  'logGroupIdentifier',
  'filterPattern',
  'startTime',
  'endTime',
  'limit',
  'nextToken',
  'interleaved',
];

const PREFIX = 'Logs_20140328.';

/** The most of one page: docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const PAGE = { events: 10_000, bytes: 1_048_576 };

export function createLogs({ dataDir, gate, stack }: LogsOptions): DocumentService {
  const groups = new Map<string, Group>([
    ...stack.functions.map((fn) => [fn.logGroup, functionGroup(dataDir, fn)] as const),
    ...stack.stateMachines.flatMap((machine) => {
      const { logGroup } = machine.logging;
      return logGroup === undefined ? [] : [[logGroup, machineGroup(dataDir, machine)] as const];
    }),
  ]);

  async function filterLogEvents(input: Input, principal: Principal) {
    const name = nameIn(input);
    // IAM sees a stream without a name: docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    const resource = `arn:aws:logs:${stack.region}:${stack.account}:log-group:${name}:log-stream:`;
    await gate({ principal, action: 'logs:FilterLogEvents', resource });
    const { filterPattern = '', startTime = 0, endTime = Number.MAX_SAFE_INTEGER } = input;
    const matches = compileFilter(filterPattern);
    const found = await groupNamed(name)({ from: startTime, to: endTime });
    return page(
      found.filter(({ message }) => matches(message)),
      input,
    );
  }

  function groupNamed(name: string): Group {
    const group = groups.get(name);
    if (group) return group;
    if (stack.logGroups.some((each) => each.name === name)) {
      throw new AwsError('InvalidOperationException', `The local engine writes no logs into ${name}.`);
    }
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  }

  return jsonService<Input>(async (target, input, principal) => {
    if (target === `${PREFIX}FilterLogEvents`) return filterLogEvents(input, principal);
    throw new AwsError(
      'UnknownOperationException',
      `Expected ${PREFIX}FilterLogEvents but received ${target}`,
    );
  });
}

function nameIn(input: Input): string {
  const unknown = Object.keys(input).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw invalid(`The local engine doesn't know ${unknown} of FilterLogEvents.`);
  const { logGroupName, logGroupIdentifier } = input;
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw invalid('Expected one of logGroupName and logGroupIdentifier.');
  }
  return logGroupName ?? (logGroupIdentifier as string).replace(/^arn:.*?:log-group:/, '');
}

/** A page is as full as it may be. The token says how many events came before it. */
function page(all: LogEvent[], { limit = PAGE.events, nextToken = '0' }: Input) {
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE.events) {
    throw invalid(`Expected 1 to ${PAGE.events} for limit but received ${limit}.`);
  }
  if (!/^\d+$/.test(nextToken)) throw invalid('The specified nextToken is invalid.');
  const from = Number(nextToken);
  let [to, bytes] = [from, 0];
  while (to < all.length && to - from < limit) {
    bytes += Buffer.byteLength((all[to] as LogEvent).message);
    if (bytes > PAGE.bytes && to > from) break;
    to++;
  }
  return {
    events: all.slice(from, to),
    searchedLogStreams: [],
    ...(to < all.length && { nextToken: String(to) }),
  };
}

const invalid = (message: string) => new AwsError('InvalidParameterException', message);
