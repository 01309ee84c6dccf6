import { setImmediate } from 'node:timers/promises';
import { withLatePorts } from './late-calls';

/** Steps of its own for each test: in some, one is still under way at the end. */
const newSteps = () => ({
  log: [] as string[],
  async step(name: string) {
    await setImmediate();
    this.log.push(name);
  },
  async fail(): Promise<void> {
    throw new Error('the port failed');
  },
  name: () => 'steps',
});
type Steps = ReturnType<typeof newSteps>;

test.each<[string, (ports: Steps) => Promise<unknown>]>([
  [
    'the last call',
    async (ports) => {
      await ports.step('a');
      void ports.step('b');
    },
  ],
  [
    'a call before others',
    async (ports) => {
      void ports.step('a');
      await ports.step('b');
      await ports.step('c');
    },
  ],
  [
    'one of several at once',
    async (ports) => {
      void Promise.all([ports.step('a'), ports.step('b')]);
      await ports.step('c');
    },
  ],
  [
    'a call before it fails',
    async (ports) => {
      void ports.step('a');
      await ports.fail();
    },
  ],
])('a function that does not wait for %s is noticed', async (_, run) => {
  await expect(withLatePorts(newSteps(), run)).rejects.toThrow('Expected an answer after every call');
});

test('a function that waits for all its calls answers as it does with any ports', async () => {
  const steps = newSteps();
  const run = async (ports: Steps) => {
    await Promise.all([ports.step('a'), ports.step('b')]);
    await ports.step('c');
    return ports.name();
  };
  expect(await withLatePorts(steps, run)).toBe('steps');
  expect(steps.log).toEqual(['a', 'b', 'c']);
  await expect(withLatePorts(steps, (ports) => ports.fail())).rejects.toThrow('the port failed');
});
