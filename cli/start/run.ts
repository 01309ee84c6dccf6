import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  type Engine,
  type Existing,
  empty,
  loadStack,
  type ObjectEvent,
  type StateChange,
} from '../../local-aws';
import { pathLine, summarize } from '../../local-aws/graph';
import { type Execution, readHistory } from '../../local-aws/history';
import { openEngineConsole } from '../console/open';
import type { Result } from '../lib/command';
import { existingIn, faultsIn } from '../lib/engine-files';
import { interrupted } from '../lib/interruption';
import { connectTo } from '../lib/session';
import { PROJECT, synthesize, synthesizedIn } from '../lib/synthesize';
import { startWorkflowEngine } from '../lib/workflow-engine';
import { keyOf, paint } from '../process/report';
import { consolePort, describeEndpoints, openUploadPage } from './endpoints';
import { showSample } from './sample';
import { whyNothing } from './unmatched';
import { type Watch, watchFunctions } from './watch';
import { welcome } from './welcome';

interface Values {
  /** Absolute path. */
  settings?: string;
  port: number;
  /** Absolute path. */
  data: string;
  faults?: string;
  existing?: string;
  fresh: boolean;
  watch: boolean;
}

export async function startServer(values: Values): Promise<Result> {
  const { data: dataDir, port, settings } = values;
  const options = {
    dataDir,
    port,
    settings,
    faults: faultsIn(values.faults),
    existing: existingIn(values.existing),
  };
  if (values.fresh) empty(dataDir);
  const first = !existsSync(path.join(dataDir, 'executions'));

  console.log('Synthesizing the stack …');
  const engine = await startWorkflowEngine({
    ...options,
    timers: true,
    onExecution: (ended) => report(dataDir, ended),
    onUnmatched: (event) => reportUnmatched(event, engine),
    onAlarm: reportAlarm,
  });
  const end = interrupted();
  if (first) await showSample(engine, dataDir);
  const page = await openUploadPage(engine, port);
  const web = await openEngineConsole({
    dataDir,
    stack: engine.stack,
    connect: connectTo(engine),
    inject: engine.inject,
    faults: options.faults,
    port: consolePort(engine, port, page),
  });
  console.log(welcome(engine, dataDir, web.address));
  console.log(await describeEndpoints(engine, page));
  const watch = values.watch ? await watchSources(engine, options) : undefined;
  await end;
  console.log('\nStopping. Work in progress is repeated at the next start.');
  await watch?.close();
  await web.close();
  await page?.close();
  await engine.close();
  return { ok: true };
}

/** Rebuilds functions when the files that they are built from change. */
async function watchSources(
  { endpoint, replaceFunction }: Engine,
  { dataDir, existing, settings }: { dataDir: string; existing?: Existing; settings?: string },
): Promise<Watch> {
  const folders = ['functions', 'contract'];
  const watch = await watchFunctions({
    engine: { replaceFunction },
    folders: folders.map((folder) => path.join(PROJECT, folder)),
    stackFile: await synthesizedIn(path.join(dataDir, 'synth')),
    build: (folder) => synthesize(folder, settings),
    load: (file) => loadStack(file, { endpoint }, existing),
    log: (text) => console.log(text),
  });
  console.log(`Watching ${folders.map((folder) => `${folder}/`).join(' and ')} for changes.`);
  return watch;
}

/** Prints a line for each execution that has ended. */
function report(dataDir: string, { id }: Execution): void {
  const history = readHistory(dataDir, id);
  console.log(`${id.slice(0, 8)}  ${keyOf(history)}\n          ${pathLine(summarize(history))}`);
}

/** Prints a line for each upload that starts no execution. */
function reportUnmatched(event: ObjectEvent, { stack }: Engine): void {
  const line = whyNothing(event, stack.outputs);
  if (line) console.log(`${paint('yellow', '–')}         ${line}`);
}

/** Prints a line for each alarm that goes off or ends. An alarm's first state isn't reported if it is OK. */
function reportAlarm({ alarm, from, to, reason }: StateChange): void {
  if (to === 'OK' && from === 'INSUFFICIENT_DATA') return;
  console.log(`${paint(to === 'OK' ? 'green' : 'red', to)}  ${alarm.name}: ${reason}`);
}
