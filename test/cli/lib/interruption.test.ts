import { batch, endedEarly, interrupted } from '../../../cli/lib/interruption';

afterEach(() => jest.restoreAllMocks());

function interruptions() {
  const printed: string[] = [];
  let now = 1_000;
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  jest.spyOn(console, 'error').mockImplementation((text) => void printed.push(String(text)));
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  return {
    printed,
    exit,
    press(after: number) {
      now += after;
      process.emit('SIGINT', 'SIGINT');
    },
  };
}

test('Ctrl-C asks the work to stop, and the signal that npm passes on for the same Ctrl-C is no second one', async () => {
  const { printed, exit, press } = interruptions();
  const before = process.listenerCount('SIGINT');
  const ending = await batch(async (signal) => {
    press(0);
    press(20);
    expect(signal.aborted).toBe(true);
  });
  expect(exit).not.toHaveBeenCalled();
  expect(printed).toEqual([expect.stringContaining('Press Ctrl-C again to stop at once.')]);
  expect(process.listenerCount('SIGINT')).toBe(before);
  expect(endedEarly(ending, '3 images left.')).toEqual(['Stopped early: 3 images left.']);
});

test('a second Ctrl-C ends the process at once, and says what was done', async () => {
  const { printed, exit, press } = interruptions();
  await batch(
    async () => {
      press(0);
      press(1_000);
    },
    () => ['2 images processed.', '3 images left.'],
  );
  expect(printed.at(-1)).toBe('\nStopped at once.\n2 images processed.\n3 images left.');
  expect(exit.mock.calls).toEqual([[130]]);
});

test('a server ends at the first Ctrl-C, and at once at the second one', async () => {
  const { exit, press } = interruptions();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const before = names.map((name) => process.listeners(name));
  const end = interrupted();
  press(0);
  await end;
  press(20);
  expect(exit).not.toHaveBeenCalled();
  press(1_000);
  expect(exit.mock.calls).toEqual([[130]]);
  names.forEach((name, n) => {
    for (const each of process.listeners(name)) if (!before[n]?.includes(each)) process.off(name, each);
  });
});
