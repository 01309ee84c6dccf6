import { allCommands } from '../../cli/commands';
import { withReferences } from '../../cli/lib/help';
import { document } from './documents';

test('docs/commands.md says what --help says: otherwise run npm run docs', async () => {
  const text = document('commands.md');
  expect(withReferences(text, await allCommands())).toBe(text);
});

test('a command without a section is reported, and so is a section without a command', async () => {
  const [first] = await allCommands();
  expect(() => withReferences('# Commands', [first!])).toThrow('No table has a place for start');
  expect(() => withReferences('<!-- options of nothing -->\n<!-- end -->', [first!])).toThrow(
    'Expected the name of one command, once, but found "nothing"',
  );
});
