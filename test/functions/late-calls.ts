/**
 * Calls whose answers come late, so that a function that doesn't wait for one of them is noticed: of the calls that are
 * open, the newest is answered first. One that nobody waits for is thus still open when the function answers.
 */

interface Open {
  name: string;
  isDone: boolean;
  answer: () => void;
}

export class LateCalls {
  private readonly open: Open[] = [];

  /** Holds a call's answer back, whether it succeeds or fails, until every newer call is answered. */
  async late<Result>(name: string, result: Promise<Result>): Promise<Result> {
    await new Promise<void>((resolve) => {
      const call: Open = { name, isDone: false, answer: resolve };
      this.open.push(call);
      const done = () => {
        call.isDone = true;
        this.answerNewest();
      };
      result.then(done, done);
    });
    return result;
  }

  /** The same object, each of whose asynchronous methods answers late. */
  of<Ports extends object>(ports: Ports): Ports {
    return new Proxy(ports, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...input: unknown[]) => {
          const result = member.apply(target, input);
          return typeof result?.then === 'function' ? this.late(String(name), result) : result;
        };
      },
    });
  }

  /** Names of the calls that were not answered yet. */
  get unanswered(): string[] {
    return this.open.map(({ name }) => name);
  }

  private answerNewest(): void {
    setImmediate(() => {
      const newest = this.open.at(-1);
      if (!newest?.isDone) return;
      this.open.pop();
      newest.answer();
      if (this.open.length > 0) this.answerNewest();
    });
  }
}

/**
 * Runs a function with ports that answer late.
 *
 * @throws Error if the function answers, or fails, before each call that it has made is answered
 */
export async function withLatePorts<Ports extends object, Answer>(
  ports: Ports,
  run: (ports: Ports) => Promise<Answer>,
): Promise<Answer> {
  const calls = new LateCalls();
  let failure: string | undefined;
  const answer = run(calls.of(ports)).finally(() => {
    if (calls.unanswered.length > 0) failure = calls.unanswered.join(', ');
  });
  await answer.catch(() => {});
  if (failure) throw new Error(`Expected an answer after every call but it came before: ${failure}`);
  return answer;
}
