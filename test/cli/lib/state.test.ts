import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readLocalState, readState } from '../../../cli/lib/state';

const folder = mkdtempSync(path.join(tmpdir(), 'state-'));
const file = path.join(folder, 'a.tfstate');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WRITTEN = new Date('2026-03-12T02:08:00.000Z');
function write(content: object) {
  writeFileSync(file, JSON.stringify(content));
  utimesSync(file, WRITTEN, WRITTEN);
  return readLocalState(file);
}

test('a state says when it was written, its outputs as text, and each instance of what Terraform manages', () => {
  const resource = { mode: 'managed', type: 'aws_s3_bucket', name: 'uploads' };
  const instances = [{ attributes: { bucket: 'a' } }, { attributes: { bucket: 'b' } }];
  expect(
    write({
      version: 4,
      outputs: { Table: { value: 'records' }, Days: { value: 14 } },
      resources: [
        { ...resource, instances },
        { ...resource, mode: 'data', instances },
        { mode: 'managed', type: 'aws_sqs_queue', name: 'backlog', instances: [{}] },
      ],
    }),
  ).toEqual({
    source: path.relative('', file),
    written: WRITTEN,
    outputs: { Table: 'records', Days: '14' },
    resources: [
      { type: 'aws_s3_bucket', name: 'uploads', attributes: { bucket: 'a' } },
      { type: 'aws_s3_bucket', name: 'uploads', attributes: { bucket: 'b' } },
      { type: 'aws_sqs_queue', name: 'backlog', attributes: {} },
    ],
  });
});

test('after a destroy there is nothing in it', () => {
  expect(write({ version: 4 })).toMatchObject({ outputs: {}, resources: [] });
});

test.each([
  [{ version: 3 }, 'found 3'],
  [{ version: 5 }, 'found 5'],
  [{ encrypted_data: 'x' }, 'found another format, perhaps encrypted'],
])('%j is no state that can be read: %s', (content, found) => {
  expect(() => write(content)).toThrow(
    `Expected version 4 of a Terraform state in ${path.relative('', file)} but ${found}`,
  );
});

test('a state that is not there is none', async () => {
  expect(readLocalState(path.join(folder, 'none'))).toBeUndefined();
  expect(await readState({ terraform: {} } as never, folder)).toBeUndefined();
});

test('the path of a local state begins at the folder of the configuration', async () => {
  write({ version: 4, outputs: { Table: { value: 'records' } } });
  const configuration = { terraform: { backend: { local: { path: 'a.tfstate' } } } };
  expect(await readState(configuration as never, folder)).toMatchObject({ outputs: { Table: 'records' } });
});
