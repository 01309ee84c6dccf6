/** The bundles have no event streams (bundling/substitutes/event-streams.mjs): no operation of the functions may need them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as S3 from '@aws-sdk/client-s3';
import { NormalizedSchema } from '@smithy/core/schema';
import { COMMANDS } from './commands';
import { ROOT } from './project';

/** Whether a part of the request or of the answer is a stream of events. */
function needsEventStreams(Command: new (input: never) => { schema?: unknown }): boolean {
  const [, , , , input, output] = new Command({} as never).schema as [
    ...[number, string, string, unknown],
    ...(() => never)[],
  ];
  return [input, output].some((schema) => NormalizedSchema.of(schema!()).getEventStreamMember() !== '');
}

test.each(COMMANDS)('%s needs no event stream', (line) => {
  const [client, command] = line.split(' ') as [string, string];
  const commands = require(client) as Record<string, never>;
  expect(needsEventStreams(commands[command]!)).toBe(false);
});

test('the commands of the functions are found, and one that needs an event stream is recognized', () => {
  expect(COMMANDS.length).toBeGreaterThan(10);
  expect(COMMANDS).toContain('@aws-sdk/client-s3 GetObjectCommand');
  expect(needsEventStreams(S3.SelectObjectContentCommand as never)).toBe(true);
});

test('what stands for event streams says so if it is used after all', () => {
  const substitute = pathToFileURL(join(ROOT, 'bundling/substitutes/event-streams.mjs'));
  const script = `import('${substitute}').then(({ EventStreamSerde }) => new EventStreamSerde())`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stderr).toMatch(/Error: Event streams are not part of the bundles/);
  expect(status).not.toBe(0);
});
