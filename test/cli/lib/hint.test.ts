import path from 'node:path';
import { deployedHint, engineHint } from '../../../cli/lib/hint';

const STANDARD = path.resolve('.local');

test.each([
  ['the engine on its usual folder', STANDARD, 'executions', ['ID'], 'npm run executions -- ID'],
  [
    'the engine on another one',
    '/tmp/my data',
    'executions',
    ['ID'],
    "npm run executions -- --data '/tmp/my data' ID",
  ],
  ['a command that is for AWS otherwise', STANDARD, 'redrive', [], 'npm run redrive -- --local'],
  ['both', '/tmp/d', 'replay', ['--key', 'KEY'], 'npm run replay -- --local --data /tmp/d --key KEY'],
  ['a command without options', STANDARD, 'executions', [], 'npm run executions'],
  ['start', '/tmp/d', 'start', ['--fresh'], 'npm start -- --data /tmp/d --fresh'],
])('a hint repeats what %s needs', (_, dataDir, name, args, command) => {
  expect(engineHint(dataDir, name, ...args)).toBe(command);
});

test('for AWS, only executions need an option', () => {
  expect(deployedHint('executions', 'ID')).toBe('npm run executions -- --aws ID');
  expect(deployedHint('replay', '--key', 'KEY')).toBe('npm run replay -- --key KEY');
});
