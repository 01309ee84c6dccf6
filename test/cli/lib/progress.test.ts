import { progress } from '../../../cli/lib/progress';

const SHOWN = '\u001b[?25h';
const HIDDEN = '\u001b[?25l';

afterEach(() => jest.restoreAllMocks());

/** What is written to a terminal. */
function terminal(): { written: () => string } {
  const written: string[] = [];
  jest.replaceProperty(process.stderr, 'isTTY', true);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  return { written: () => written.join('') };
}

test('however the process ends, the cursor is shown again', () => {
  const { written } = terminal();
  const before = process.listeners('exit');
  const { stop } = progress(3, 'images');
  expect(written()).toContain(HIDDEN);
  expect(written()).not.toContain(SHOWN);
  const [restore] = process.listeners('exit').filter((listener) => !before.includes(listener));
  restore?.(130);
  expect(written().lastIndexOf(SHOWN)).toBeGreaterThan(written().lastIndexOf(HIDDEN));
  stop();
  expect(process.listeners('exit')).toEqual(before);
});

test('lines above the bar stay, and notes are on lines of their own', () => {
  const { written } = terminal();
  const said = jest.spyOn(console, 'error').mockImplementation(() => {});
  const { note, stop } = progress(3, 'images');
  note('a.jpg waits.');
  expect(written().endsWith('\r\u001b[K')).toBe(true);
  expect(said.mock.calls).toEqual([['a.jpg waits.']]);
  stop();
  // Neither saves the position of the cursor nor goes back to it: another line is there by then.
  for (const code of ['\u001b7', '\u001b8']) expect(written()).not.toContain(code);
});

test('a single thing has no bar and no count', () => {
  const { written } = terminal();
  const said = jest.spyOn(console, 'log').mockImplementation(() => {});
  const { step, stop } = progress(1, 'images');
  step('✓ one.jpg');
  stop();
  expect({ written: written(), said: said.mock.calls }).toEqual({ written: '', said: [['✓ one.jpg']] });
});
