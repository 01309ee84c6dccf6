import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionTail, readEvents } from '../../../local-aws/states/tail';
import { machinesFor, small, upload } from './scripted';

const folder = () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tail-'));
  mkdirSync(join(dataDir, 'executions'));
  return { dataDir, index: join(dataDir, 'executions', 'index.jsonl') };
};
const line = (id: string, status = 'RUNNING') => JSON.stringify({ id, status });
const idsIn = async (tail: ExecutionTail) => (await tail.read()).executions.map(({ id }) => id);

test('the first look has every execution, the next ones what began or ended since', async () => {
  const { dataDir, index } = folder();
  const tail = new ExecutionTail(dataDir);
  expect(await tail.read()).toEqual({ executions: [], emptied: false });
  writeFileSync(index, `${line('a')}\n${line('b')}\n`);
  expect(await idsIn(tail)).toEqual(['a', 'b']);
  expect(await idsIn(tail)).toEqual([]);
  appendFileSync(index, `\n${line('a', 'SUCCEEDED')}\n`);
  expect((await tail.read()).executions).toEqual([{ id: 'a', status: 'SUCCEEDED' }]);
});

test('a line that is being written is left for the next look, wherever it is cut', async () => {
  const { dataDir, index } = folder();
  const bytes = Buffer.from(`${line('ä-€-😀')}\n`);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const tail = new ExecutionTail(dataDir);
    writeFileSync(index, bytes.subarray(0, cut));
    const first = await idsIn(tail);
    writeFileSync(index, bytes);
    expect([...first, ...(await idsIn(tail))]).toEqual(['ä-€-😀']);
  }
});

test('after the folder was emptied everything is new', async () => {
  const { dataDir, index } = folder();
  const tail = new ExecutionTail(dataDir);
  writeFileSync(index, `${line('a')}\n${line('b')}\n`);
  await tail.read();
  rmSync(index);
  expect(await tail.read()).toEqual({ executions: [], emptied: true });
  writeFileSync(index, `${line('c')}\n`);
  expect(await tail.read()).toEqual({ executions: [{ id: 'c', status: 'RUNNING' }], emptied: false });
  writeFileSync(index, `${line('d', '')}\n`);
  expect(await tail.read()).toMatchObject({ executions: [{ id: 'd' }], emptied: true });
});

test('of a history only the events of some types are read', async () => {
  const { machine, machines, dataDir } = machinesFor(small);
  const { executionArn, done } = machines.start(machine.arn, upload);
  const { id } = await done;
  const all = await machines.history(executionArn);
  expect(await readEvents(dataDir, id)).toEqual(all);
  const ends = await readEvents(dataDir, id, (type) => type.startsWith('Execution'));
  expect(ends).toEqual([all[0], all.at(-1)]);
  expect(await readEvents(dataDir, 'none')).toEqual([]);
  await machines.close();
});
