/** PutEvents, with which programs put events of their own on the default bus. */

import { randomUUID } from 'node:crypto';
import { jsonService } from '../json-service';
import { AwsError, type DocumentService, type Gate, type Principal } from '../service';

/** One event of a request: docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
export interface Entry {
  Source?: string;
  DetailType?: string;
  /** JSON text of an object. */
  Detail?: string;
  /** Seconds since 1970. @default now */
  Time?: number;
  Resources?: string[];
  /** Name or ARN. @default the default bus */
  EventBusName?: string;
}

/** What became of an entry. */
type Answer = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

export interface PutEventsOutput {
  FailedEntryCount: number;
  /** In the order of the request. */
  Entries: Answer[];
}

export interface PutEventsOptions {
  account: string;
  region: string;
  gate: Gate;
  /** Accepts an event: once this resolves, the event survives a crash. */
  put: (event: object) => Promise<void>;
}

export interface PutEvents extends DocumentService {
  /** @throws AwsError ValidationException, or whatever the gate throws: then no entry is accepted */
  putEvents(input: { Entries?: Entry[] }, principal: Principal): Promise<PutEventsOutput>;
}

/** docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

/** Bytes that a time counts, whatever it is. */
const TIME_BYTES = 14;

/** Only services of AWS may put events with such a source. */
const RESERVED = /^aws\./;

const TARGET = 'AWSEvents.PutEvents';

export function createPutEvents({ account, region, gate, put }: PutEventsOptions): PutEvents {
  const defaultBus = `arn:aws:events:${region}:${account}:event-bus/default`;

  const busOf = ({ EventBusName = 'default' }: Entry) =>
    EventBusName.startsWith('arn:') ? EventBusName : defaultBus.replace(/default$/, EventBusName);

  async function accept(entry: Entry): Promise<Answer> {
    const bus = busOf(entry);
    if (bus !== defaultBus) return refused('InvalidArgument', `EventBus not found: ${entry.EventBusName}`);
    const problem = problemOf(entry);
    if (problem) return problem;
    const event = eventOf(entry);
    try {
      await put(event);
    } catch (error) {
      return refused('InternalFailure', (error as Error).message);
    }
    return { EventId: event.id };
  }

  const eventOf = ({ Source, DetailType, Detail, Time, Resources = [] }: Entry) => ({
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account,
    // Whole seconds.
    time: new Date(Time === undefined ? Date.now() : Time * 1_000).toISOString().replace(/\.\d+/, ''),
    region,
    resources: Resources,
    detail: JSON.parse(Detail!) as object,
  });

  async function putEvents(
    { Entries = [] }: { Entries?: Entry[] },
    principal: Principal,
  ): Promise<PutEventsOutput> {
    if (Entries.length < 1 || Entries.length > MAX_ENTRIES) {
      throw invalid(`Expected 1 to ${MAX_ENTRIES} entries but received ${Entries.length}`);
    }
    if (Entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) > MAX_BYTES) {
      throw invalid('Total size of the entries in the request is over the limit.');
    }
    for (const entry of Entries) {
      const { Source, DetailType } = entry;
      const context = {
        ...(Source && { 'events:source': Source }),
        ...(DetailType && { 'events:detail-type': DetailType }),
      };
      await gate({ principal, action: 'events:PutEvents', resource: busOf(entry), context });
    }
    const answers: Answer[] = [];
    for (const entry of Entries) answers.push(await accept(entry));
    return { FailedEntryCount: answers.filter((each) => 'ErrorCode' in each).length, Entries: answers };
  }

  return {
    putEvents,
    ...jsonService(async (target, input: { Entries?: Entry[] }, principal) => {
      if (target !== TARGET) {
        throw new AwsError('UnknownOperationException', `Expected ${TARGET} but received ${target}`);
      }
      return putEvents(input, principal);
    }),
  };
}

const invalid = (message: string) => new AwsError('ValidationException', message);

const refused = (ErrorCode: string, ErrorMessage: string): Answer => ({ ErrorCode, ErrorMessage });

/** Why an entry alone is refused, while the others of its request may be accepted. */
function problemOf(entry: Entry): Answer | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) {
      return refused(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      );
    }
  }
  if (RESERVED.test(entry.Source!)) {
    return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  return isObject(entry.Detail!) ? undefined : refused('MalformedDetail', 'Detail is malformed.');
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
function sizeOf({ Source = '', DetailType = '', Detail = '', Time, Resources = [] }: Entry): number {
  return Buffer.byteLength([Source, DetailType, Detail, ...Resources].join('')) + (Time ? TIME_BYTES : 0);
}
