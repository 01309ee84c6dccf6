/** Everything about one run. What can't be read leaves its place empty and says why. */
import { printable } from '../../contract/text';
import type { HistoryEvent } from '../../local-aws/history';
import type { Maybe, Run, RunDetail, Visit } from './api';
import { AROUND } from './invocations';
import { mailOf } from './mail';
import { seen, sourceOf, thumbnailsOf } from './pictures';
import type { Source } from './source';
import { type DeployedStack, maybe } from './stack';
import { stateOf } from './state-of';
import { type Step, stepsOf, visitOf } from './visits';

const NO_LOGS = {
  missing: 'The run was imported, and an imported history comes without the lines of functions.',
};

export async function detailOf(
  run: Run,
  history: HistoryEvent[],
  { source, stack }: { source: Source; stack: DeployedStack },
): Promise<RunDetail> {
  const steps = stepsOf(history);
  const state = stateOf(history);
  const [logs, record, original] = await Promise.all([
    logsOf(steps, run, source),
    recordOf(run, stack),
    originalOf(run, state, stack),
  ]);
  return {
    run,
    visits: steps.map((step) => visitOf(step, logs)),
    history,
    record,
    source: original,
    thumbnails: { value: thumbnailsOf(state) },
    mail: mailOf(run.arn, history, stack.opensUrls),
    command: run.imported ? '' : source.command(run),
  };
}

/** The lines of each function around the time in which the run used it. */
async function logsOf(steps: readonly Step[], run: Run, source: Source): Promise<Map<string, Visit['log']>> {
  const times = new Map<string, { from: number; to: number }>();
  for (const { functionName, from, to } of steps.flatMap(({ tries }) => tries)) {
    if (functionName === undefined) continue;
    const time = times.get(functionName) ?? { from, to };
    times.set(functionName, { from: Math.min(time.from, from), to: Math.max(time.to, to) });
  }
  const all = [...times].map(async ([name, { from, to }]) => {
    const log = run.imported ? NO_LOGS : await source.log(name, from - AROUND, to + AROUND);
    return [name, log] as const;
  });
  return new Map(await Promise.all(all));
}

async function recordOf({ object }: Run, stack: DeployedStack): Promise<Maybe<unknown>> {
  if (!object) return { missing: 'The run is about no object, so there is no record.' };
  if (object.bucket !== stack.uploads) return { missing: foreign(object.bucket) };
  const found = await maybe(() => stack.records.find(object.key));
  if ('missing' in found) return found;
  if (!found.value) return { missing: `There is no record of ${printable(object.key)}.` };
  return { value: withoutSets(found.value) };
}

/** JSON has no sets. */
const withoutSets = (record: object) =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, value instanceof Set ? [...value].sort() : value]),
  );

async function originalOf(
  run: Run,
  state: ReturnType<typeof stateOf>,
  stack: DeployedStack,
): Promise<RunDetail['source']> {
  const picture = sourceOf(run, state);
  if (!picture) return { missing: 'The run is about no object.' };
  if (picture.bucket !== stack.uploads) return { missing: foreign(picture.bucket) };
  if (state?.['detail-type'] === 'Object Deleted') return { missing: 'The run is about a deletion.' };
  const found = await maybe(() => stack.peek(picture));
  return 'missing' in found ? found : { value: seen(picture, found.value) };
}

const foreign = (bucket: string) =>
  `The bucket ${bucket} isn't the uploads bucket of this workflow, so the console doesn't read it.`;
