/** Milliseconds between two reports. */
const PAUSE = 10_000;

/** @returns a function that prints how far a part has come, at most every ten seconds */
export function progress(what: string): (done: number, more?: string) => void {
  let last = Date.now();
  return (done, more = '') => {
    if (Date.now() - last < PAUSE) return;
    last = Date.now();
    console.log(`${new Date().toISOString()} ${what}: ${done}${more}`);
  };
}
