import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ENGINE = path.resolve(__dirname, '..', '..', 'local-aws');

/** Words of the workflow that this repository deploys. The engine runs any stack, so it must not use them. */
const FOREIGN = /thumbnail|image|picture|photo|preset|quarantine|\bsharp\b|upload-page|npm (start|run)/i;

const files = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(ts|cjs|js|json|md)$/.test(file),
);

test('the engine names nothing of the workflow that it was first written for', () => {
  expect(files.length).toBeGreaterThan(190);
  const found = files.flatMap((file) =>
    readFileSync(path.join(ENGINE, file), 'utf8')
      .split('\n')
      .flatMap((line, n) => (FOREIGN.test(line) ? [`${file}:${n + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
