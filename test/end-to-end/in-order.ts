/**
 * For tests in one block that build on each other. Each test first runs the ones before it, unless they have run. So each
 * passes on its own, and in any order.
 *
 * @param prepare called before each test
 * @returns a replacement for `test`
 */
export function inOrder(prepare: () => void = () => {}) {
  let previous: () => Promise<unknown> = async () => undefined;
  return (title: string, run: () => unknown): void => {
    const before = previous;
    let done: Promise<unknown> | undefined;
    // If an earlier test fails, it reports that itself.
    const once = () => {
      done ??= before()
        .catch(() => {})
        .then(() => {
          prepare();
          return run();
        });
      return done;
    };
    previous = once;
    test(title, once);
  };
}
