/**
 * What the page and the server of the console say to each other, as JSON over HTTP. Text of an uploader arrives as it is;
 * the page shows it with `printable` and as text, never as HTML.
 *
 * | request | answer |
 * |---|---|
 * | `GET /api/console` | {@link ConsoleInfo} |
 * | `GET /api/runs?since=&limit=` | {@link RunsPage}; `since` in milliseconds since 1970, `limit` from 1 to 10,000, 200 by default |
 * | `GET /api/overview?since=` | {@link Overview} |
 * | `GET /api/live` | server-sent events: `run` with a {@link Run} that started or changed, `overview` with an {@link Overview}, `faults` with those of {@link ConsoleInfo} |
 * | `GET /api/runs/<id>` | {@link RunDetail} |
 * | `GET /api/runs/<id>/history` | the history as a file, one event of AWS's format in each line |
 * | `GET /api/picture?bucket=&key=&version=` | the bytes of a source or a thumbnail of the stack |
 * | `POST /api/imports` (a history as text) | {@link Run}, the newest in the file; it can then be opened like any other, until the console ends |
 * | `POST /api/uploads?key=` (the bytes) | {@link Done} |
 * | `POST /api/runs/<id>/again` | {@link Done} |
 * | `POST /api/redrive` | {@link Done} |
 * | `DELETE /api/objects?bucket=&key=` | {@link Done} |
 * | `PUT /api/faults` (`{ "ids": [] }`) | {@link Done}; none clears them |
 *
 * A refusal has a status of 400 or more and a {@link Refusal}: 401 without the token, 403 for what can't be done here, 404 for a
 * run or a picture that isn't there.
 */
import type { Definition, StateSummary } from '../../local-aws/graph';
import type { ExecutionStatus, HistoryEvent } from '../../local-aws/history';

export interface Refusal {
  /** One or two sentences: what happened, to what, and what to do next. */
  message: string;
}

export interface Done {
  /** A sentence to show. */
  message: string;
}

/** Something that may be forbidden or absent: then its place says why. */
export type Maybe<T> = { value: T } | { missing: string };

export interface ConsoleInfo {
  /** Name of the state machine. */
  workflow: string;
  /** `engine`, or `aws` with the account and region. */
  target: { kind: 'engine' } | { kind: 'aws'; account: string; region: string };
  definition: Definition;
  /** Why the definition can't be read: then it has no states, and neither has the graph. */
  missing?: string;
  /** The graph as boxes and lines, in units that the page multiplies. */
  graph: Graph;
  /** `suffixes` are those that start the workflow, with their dots; empty if the console can't know them. */
  uploads: { bucket: string; prefixes: string[]; suffixes: string[] };
  /** What the console may do. Each is refused by the server too. */
  can: { write: boolean; fault: boolean };
  /** Faults to choose from, and which are on. Empty without an engine of its own. */
  faults: { id: string; label: string; on: boolean }[];
  /** On AWS only. */
  scan?: Scan;
}

/** What the console has read of logs in CloudWatch, and what that costs. */
export interface Scan {
  /** ISO 8601: how far back it looks. */
  since: string;
  /** Read so far, and at most. */
  bytes: number;
  limit: number;
  /** About so much for what was read so far, if the free part of the month is used up. */
  dollars: number;
  /** The price in a sentence. */
  price: string;
  /** Whether the limit is reached, so that nothing further is read. */
  reached: boolean;
}

export interface Graph {
  width: number;
  height: number;
  boxes: { name: string; x: number; y: number; width: number; height: number }[];
  lines: { from: string; to: string; isCatch: boolean; points: { x: number; y: number }[] }[];
}

/**
 * What came of a run, in the words of the workflow. `WAITING`: no capacity was free, so its event waits in the backlog and
 * gets another run. `IGNORED`: the object isn't named like an image.
 */
export type RunOutcome =
  | 'RUNNING'
  | 'DONE'
  | 'FAILED'
  | 'SUPERSEDED'
  | 'REMOVED'
  | 'WAITING'
  | 'IGNORED'
  | 'ABORTED';

/** A row of the table. */
export interface Run {
  id: string;
  arn: string;
  outcome: RunOutcome;
  status: ExecutionStatus;
  /** Absent if the input is no event of an object. */
  object?: { bucket: string; key: string; version?: string };
  preset?: string;
  /** The smallest thumbnail it made, for the row. */
  thumbnail?: { bucket: string; key: string; width: number; height: number };
  /** Milliseconds since 1970. */
  startedAt: number;
  endedAt?: number;
  /** Attempts of the state that needed most: 1 without a retry. */
  attempts: number;
  /** Name of the error that made it fail. */
  error?: string;
  imported?: true;
}

export interface RunsPage {
  /** Newest first. */
  runs: Run[];
  /** Whether there are older ones than these. */
  more: boolean;
  missing?: string;
}

/** What waits in a queue. */
export interface WaitingEvents {
  name: string;
  label: string;
  /** What waits there, in a sentence. */
  hint: string;
  waiting: number;
  /** Whether a redrive starts what waits there. */
  redrivable: boolean;
}

export interface Overview {
  outcomes: Record<RunOutcome, number>;
  errors: { name: string; count: number }[];
  queues: Maybe<WaitingEvents[]>;
  alarms: Maybe<{ name: string; state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'; reason: string }[]>;
}

/** One visit of a state, with what went in and came out. */
export interface Visit extends StateSummary {
  /** Milliseconds since 1970. */
  enteredAt: number;
  /** How its time was spent, in order: waiting before a retry, starting the function's process, work. */
  spans: { kind: 'wait' | 'start' | 'work'; from: number; to: number }[];
  /** JSON text, or undefined if the history has none. */
  input?: string;
  output?: string;
  /** The function's lines during this visit. */
  log: Maybe<{ time: number; text: string }[]>;
}

export interface RunDetail {
  run: Run;
  visits: Visit[];
  history: HistoryEvent[];
  record: Maybe<unknown>;
  source: Maybe<Picture>;
  thumbnails: Maybe<Picture[]>;
  /** The mail that this run sent, worded again from its history. */
  mail: Maybe<{ subject: string; text: string }>;
  /** The command that shows the same in a terminal. */
  command: string;
}

export interface Picture {
  /** `original`, or the name of the variant. */
  name: string;
  bucket: string;
  key: string;
  version?: string;
  format: string;
  width?: number;
  height?: number;
  bytes: number;
  /** Whether a browser shows it. */
  shown: boolean;
}
