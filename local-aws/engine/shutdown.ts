/** How the engine closes: the one place that says in which order. */

/** The parts of the engine, in the order in which they close. */
export const CLOSING_ORDER = [
  /** No further event is delivered, and no failed invocation is tried again. */
  'event bus',
  /** Requests to distributions, APIs and function URLs are cut off before what answers them closes. */
  'public endpoints',
  /** Calls that hang because of a fault are released; otherwise their callers could not end. */
  'faults',
  /** No further message is received. The invocations that are handling one end with the functions. */
  'polling',
  /** Executions end before the functions they call, or they would report failures that never happened. */
  'executions',
  'functions',
  /** Messages whose invocation was cut short go back into their queue. */
  'received messages',
  /** Requests to the services are cut off before the services close. */
  'service endpoint',
  's3',
  'dynamodb',
  'cloudwatch',
  'sqs',
  /** Last of all: from now on another engine may use the folder. */
  'data folder',
] as const;

export type Part = (typeof CLOSING_ORDER)[number];

/** Collects what the parts of an engine need to close, and closes them in {@link CLOSING_ORDER}. */
export class Shutdown {
  private readonly closers = new Map<Part, () => unknown>();

  /** Sets how a part closes. A part that opens in two steps does it twice, and the second call counts. */
  on(part: Part, close: () => unknown): void {
    this.closers.set(part, close);
  }

  /**
   * Closes every part, each once the one before has closed. Closing again does nothing.
   *
   * @throws the first error, once every part has had its turn
   */
  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (const part of CLOSING_ORDER) {
      const close = this.closers.get(part);
      this.closers.delete(part);
      try {
        await close?.();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
