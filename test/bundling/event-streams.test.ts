/** The bundles have no event streams (bundling/substitutes/event-streams.mjs): no operation of the functions may need them. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as S3 from '@aws-sdk/client-s3';
import { NormalizedSchema } from '@smithy/core/schema';
import { ROOT } from './project';

const FUNCTIONS = join(ROOT, 'functions');

/** Each command that a source imports from a client of AWS, with the client. */
const imported = readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => {
    const text = readFileSync(join(FUNCTIONS, path), 'utf8');
    return [...text.matchAll(/import (?!type)([^;]*?) from '(@aws-sdk\/client-[\w-]+)'/g)].flatMap(
      ([, names, client]) =>
        [...names!.matchAll(/\b\w+Command\b/g)].map(([command]) => `${client} ${command}`),
    );
  });

/** Whether a part of the request or of the answer is a stream of events. */
function needsEventStreams(Command: new (input: never) => { schema?: unknown }): boolean {
  const [, , , , input, output] = new Command({} as never).schema as [
    ...[number, string, string, unknown],
    ...(() => never)[],
  ];
  return [input, output].some((schema) => NormalizedSchema.of(schema!()).getEventStreamMember() !== '');
}

test.each([...new Set(imported)].sort())('%s needs no event stream', (line) => {
  const [client, command] = line.split(' ') as [string, string];
  const commands = require(client) as Record<string, never>;
  expect(needsEventStreams(commands[command]!)).toBe(false);
});

test('the commands of the functions are found, and one that needs an event stream is recognized', () => {
  expect(new Set(imported).size).toBeGreaterThan(10);
  expect(imported).toContain('@aws-sdk/client-s3 GetObjectCommand');
  expect(needsEventStreams(S3.SelectObjectContentCommand as never)).toBe(true);
});

test('what stands for event streams says so if it is used after all', () => {
  const substitute = pathToFileURL(join(ROOT, 'bundling/substitutes/event-streams.mjs'));
  const script = `import('${substitute}').then(({ EventStreamSerde }) => new EventStreamSerde())`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stderr).toMatch(/Error: Event streams are not part of the bundles/);
  expect(status).not.toBe(0);
});
