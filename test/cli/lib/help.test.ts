import { defineCommand } from '../../../cli/lib/command';
import { help, reference, withReferences } from '../../../cli/lib/help';

const command = (name: string, details: string[] = [], meaning = 'of the wall') =>
  defineCommand({
    name,
    summary: 'Paints a wall.',
    options: { colour: { value: 'RED|BLUE', required: true, help: meaning }, dry: { help: 'wait | or not' } },
    details,
    exit: { 0: 'painted', 1: 'not painted' },
    run: async () => ({ ok: true, summary: '' }),
  });

/** A text of so many characters: a word that is as long as it takes, and one of four. */
const text = (length: number) => `${'x'.repeat(length - 5)} last`;

test('a line of 100 characters is kept, and one more begins another', () => {
  expect(help(command('paint', [text(100)]))).toContain(`\n\n${text(100)}\n\n`);
  expect(help(command('paint', [text(101)]))).toContain(`\n\n${text(101).replace(' ', '\n')}\n\n`);
});

test('what an option means is as wide as the rest of the line, and goes on below its beginning', () => {
  const indent = '  --colour RED|BLUE  '.length;
  expect(help(command('paint', [], text(100 - indent)))).toContain(`  ${text(100 - indent)}\n`);
  expect(help(command('paint', [], text(101 - indent)))).toContain(
    `  ${text(101 - indent).replace(' ', `\n${' '.repeat(indent)}`)}\n`,
  );
});

test('a word that is longer than a line stands alone', () => {
  const long = 'x'.repeat(120);
  expect(help(command('paint', [`see ${long} there`]))).toContain(`\n\nsee\n${long}\nthere\n\n`);
});

const TABLE = `| option | |
|---|---|
| \`--colour RED\\|BLUE\` | of the wall |
| \`--dry\` | wait \\| or not |

Exit status: 0 painted, 1 not painted, 2 the command was called wrongly.`;

test('a table has every option but --help, and its bars are no columns', () => {
  expect(reference(command('paint'))).toBe(TABLE);
});

describe('in a document', () => {
  const place = (name: string, content = 'old') => `<!-- options of ${name} -->\n${content}<!-- end -->`;
  const commands = [command('paint'), command('repaint')];

  test('each command has its table between its comments, however often it is written', () => {
    const written = withReferences(`# A\n${place('repaint')}\nB\n${place('paint', '')}\nC`, commands);
    const table = (name: string) => place(name, `\n${TABLE}\n\n`);
    expect(written).toBe(`# A\n${table('repaint')}\nB\n${table('paint')}\nC`);
    expect(withReferences(written, commands)).toBe(written);
  });

  test('a command without a place, a place without its command, and a second place are errors', () => {
    expect(() => withReferences('', commands)).toThrow('No table has a place for paint, repaint');
    expect(() => withReferences(place('sand'), commands)).toThrow(
      'Expected the name of one command, once, but found "sand"',
    );
    expect(() => withReferences(place('paint') + place('paint'), commands)).toThrow('but found "paint"');
  });
});
