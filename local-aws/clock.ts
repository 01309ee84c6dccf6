/**
 * The time for everything that lasts: waits, ages and timeouts. It goes on evenly when someone sets the computer's clock, by an
 * hour for example, and what would have come in a minute still does.
 *
 * @returns Unix milliseconds, as the computer's clock had them when this process started
 */
export const steadyNow = (): number => Math.floor(performance.timeOrigin + performance.now());
