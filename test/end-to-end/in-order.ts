/**
 * For tests of one block that build on each other. Each first does what those before it do, unless they have run: so
 * each passes alone, and in any order.
 *
 * @param prepare done before each of them
 * @returns what takes the place of `test`
 */
export function inOrder(prepare: () => void = () => {}) {
  let previous: () => Promise<unknown> = async () => undefined;
  return (title: string, run: () => unknown): void => {
    const before = previous;
    let done: Promise<unknown> | undefined;
    // The failure of a test before is reported by that test.
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
