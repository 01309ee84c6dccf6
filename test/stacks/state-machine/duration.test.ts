import { describeDurations, worstCaseSeconds } from '../../../stacks/state-machine/duration';

const retrier = (attempts: number, error = 'TransientError') => ({
  ErrorEquals: [error],
  MaxAttempts: attempts,
  IntervalSeconds: 2,
  BackoffRate: 3,
  MaxDelaySeconds: 10,
});

const task = (seconds: number, next: string, attempts: number, caught?: string) => ({
  Type: 'Task',
  TimeoutSeconds: seconds,
  Retry: [retrier(attempts)],
  ...(caught ? { Catch: [{ Next: caught }] } : {}),
  Next: next,
});

const End = { Type: 'Succeed' };

test('every attempt runs into its timeout and every wait is as long as it can be, up to the cap', () => {
  const definition = { StartAt: 'A', States: { A: task(5, 'End', 3), End } };
  expect(worstCaseSeconds(definition)).toBe(4 * 5 + (2 + 6 + 10));
  expect(describeDurations(definition)).toBe('A 4 × 5 s + 18 s of waits');
});

test('each retrier counts its own attempts', () => {
  const a = task(5, 'End', 1);
  const definition = { StartAt: 'A', States: { A: { ...a, Retry: [...a.Retry, ...a.Retry] }, End } };
  expect(worstCaseSeconds(definition)).toBe(3 * 5 + 2 * 2);
});

test('a throttled attempt takes no time, only the wait after it does', () => {
  const a = { ...task(5, 'End', 1), Retry: [retrier(1), retrier(2, 'Lambda.TooManyRequestsException')] };
  const definition = { StartAt: 'A', States: { A: a, End } };
  expect(worstCaseSeconds(definition)).toBe(2 * 5 + 2 + (2 + 6));
});

test('the longest way out of a state counts, whether the state succeeds or its error is caught', () => {
  const definition = {
    StartAt: 'A',
    States: { A: task(1, 'Short', 0, 'Long'), Short: task(1, 'End', 0), Long: task(100, 'End', 0), End },
  };
  expect(worstCaseSeconds(definition)).toBe(101);
});

test('the longest choice of a state counts, including the default', () => {
  const choice = (next: string, otherwise: string) => ({
    StartAt: 'Choice',
    States: {
      Choice: { Type: 'Choice', Choices: [{ Next: next }], Default: otherwise },
      Short: task(1, 'End', 0),
      Long: task(100, 'End', 0),
      End,
    },
  });
  expect(worstCaseSeconds(choice('Long', 'Short'))).toBe(100);
  expect(worstCaseSeconds(choice('Short', 'Long'))).toBe(100);
});
