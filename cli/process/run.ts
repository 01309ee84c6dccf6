import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { plural, printable } from '../../contract/text';
import { compilePattern, type Stack } from '../../local-aws';
import { makeFolder } from '../../local-aws/data-folder';
import type { Summary } from '../../local-aws/graph';
import { type Result, UsageError } from '../lib/command';
import { faultsIn } from '../lib/engine-files';
import { engineHint } from '../lib/hint';
import { batch, endedEarly } from '../lib/interruption';
import { paced } from '../lib/pace';
import { progress } from '../lib/progress';
import { openSession, type Session } from '../lib/session';
import { NOTES, sayIfSlow } from '../lib/slow';
import { findFiles, type Search } from './files';
import { Follower } from './follow';
import { failed, type Outcome, outcomeOf, type Upload } from './outcome';
import { Problem } from './problem';
import { describeOutcome, lineOf, skippedLines, summaryLine } from './report';
import { upload } from './upload';

/** Uploads in progress at the same time: enough to keep the workflow busy, few enough to need little memory. */
const CONCURRENCY = 8;

interface Values {
  out: string;
  prefix: string;
  /** Absolute path. */
  data: string;
  /** Absolute path. */
  settings?: string;
  faults?: string;
  json: boolean;
}

/** A file to process, or a folder that can't be read. */
interface Item extends Upload {
  /** What is wrong with it from the start. */
  problem?: Problem;
}

export async function processPictures(values: Values, paths: string[]): Promise<Result> {
  if (paths.length === 0) throw new UsageError('Expected a file or a folder to process');
  const { settings, data } = values;
  const out = path.resolve(values.out);
  // Both before the engine starts, so that what is mistyped is reported at once.
  const search = await findFiles(paths, [out, data]);
  if (search.found.length + search.unreadable.length === 0) {
    const skipped = skippedLines(search.skipped, []);
    throw new UsageError(
      [`Expected files to process but found none in ${paths.join(', ')}`, ...skipped].join('\n'),
    );
  }
  assertWritable(out, values.out);

  const session = await openSession(data, { settings, faults: faultsIn(values.faults) });
  try {
    const { items, unlike } = itemsOf(search, values.prefix, session.stack);
    for (const line of skippedLines(search.skipped, unlike)) console.error(line);
    if (items.length === 0)
      return { ok: false, summary: 'Nothing was processed: no file is named like an image.' };
    return await processAll(session, items, { ...values, out });
  } finally {
    await session.close();
  }
}

/** Makes the folder for the thumbnails. @throws UsageError if nothing can be written there */
function assertWritable(folder: string, given: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(
      `Expected a folder to write to for --out but received ${given} (${(error as Error).message})`,
    );
  }
}

/** Each file with the key it is uploaded to. */
function itemsOf(
  { found, unreadable }: Search,
  prefix: string,
  { outputs, rules }: Stack,
): { items: Item[]; unlike: string[] } {
  const keyFor = keysBelow(prefix, String(outputs['uploads_prefix']));
  const starts = trigger(rules, String(outputs['uploads_bucket']));
  const folders = unreadable.map(({ file, path: at, error }) => ({
    file,
    key: `${keyFor(at)}/`,
    problem: new Problem('NotRead', `The folder could not be read (${error.message}).`),
  }));
  const files = found.map((each) => ({ ...each, key: keyFor(each.path) }));
  return {
    items: [
      ...folders,
      ...files
        .filter(({ key, named }) => named || starts(key))
        .map(({ file, key }) => ({
          file,
          key,
          ...(!starts(key) && { problem: new Problem('NotStarted', WRONG_NAME) }),
        })),
    ],
    unlike: files.filter(({ key, named }) => !named && !starts(key)).map(({ file }) => file),
  };
}

const WRONG_NAME =
  "Its name does not end like an image's, so the workflow does not start: see uploads.suffixes in the settings.";

/** @returns makes the key of a file from its path: every key is below `prefix`, and below the prefix that starts the workflow */
export function keysBelow(prefix: string, uploadsPrefix: string): (filePath: string) => string {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const start = folder.startsWith(uploadsPrefix) ? folder : uploadsPrefix + folder;
  return (filePath) => start + filePath;
}

async function processAll(
  session: Session,
  items: readonly Item[],
  { out, json, data }: Pick<Values, 'out' | 'json' | 'data'>,
): Promise<Result> {
  const shown = progress(items.length, 'images');
  const follower = new Follower(session, (key) =>
    shown.note(
      `${printable(key)} found no free capacity: its event waits in the backlog, at first for a minute.`,
    ),
  );
  const outcomes: Outcome[] = [];
  const begun = new Set<string>();
  const one = async (item: Item) => {
    begun.add(item.key);
    const { outcome, summary } = await run(session, follower, item, out);
    outcomes.push(outcome);
    begun.delete(item.key);
    if (json) shown.step(JSON.stringify(outcome));
    else shown.step(items.length === 1 ? describeOutcome(outcome, summary) : lineOf(outcome));
  };
  const summary = () => summaryLine(outcomes, out, engineHint(data, 'executions', 'KEY'));
  const left = () => plural(items.length - outcomes.length, 'image');
  const unfinished = () =>
    begun.size === 0 ? [] : [`Not finished: ${[...begun].map(printable).join(', ')}. ${NOT_LOST}`];

  const pace = { rate: Number.POSITIVE_INFINITY, concurrency: CONCURRENCY };
  const ending = await batch(
    (signal) => paced(items, { ...pace, signal }, one),
    () => [summary(), `${left()} left.`, ...unfinished()],
  );
  shown.stop();
  // If it failed, that has ended the batch as well.
  await follower.stop().catch(() => {});
  const complete = outcomes.length === items.length;
  return {
    ok: complete && outcomes.every(({ status }) => status !== 'FAILED'),
    summary: [
      summary(),
      ...(complete ? [] : [...endedEarly(ending, `${left()} left.`), ...unfinished()]),
    ].join('\n'),
  };
}

const NOT_LOST =
  'What was uploaded is processed, at the latest when an engine starts on this data folder again.';

/** Processes one file. @throws Error if the others can't be processed either */
async function run(
  session: Session,
  follower: Follower,
  item: Item,
  out: string,
): Promise<{ outcome: Outcome; summary: Summary | null }> {
  try {
    if (item.problem) throw item.problem;
    const id = await upload(session, item);
    const now = () => `${printable(item.key)} (${follower.whereabouts(id)})`;
    // Of all files that are waited for, one is talked about.
    const execution = await sayIfSlow('the workflow', follower.execution(id), NOTES.every, now);
    return await outcomeOf(session, item, execution, out);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { outcome: failed(item, error), summary: null };
  }
}

/** Whether uploading to a key starts the workflow, according to the rules of the stack. */
function trigger(rules: Stack['rules'], name: string): (key: string) => boolean {
  const patterns = rules.map(({ pattern }) => compilePattern(pattern));
  return (key) => {
    const object = { key, size: 1 };
    const event = { source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name }, object } };
    return patterns.some((matches) => matches(event));
  };
}
