import { InvalidAnswer } from '../../../contract/errors';
import type { AnswerKey, Answers, TaskInput } from '../../../contract/states';
import { asWorkflowError } from './aws-errors';
import { emit } from './metrics';

/** What a state uses of the context that Lambda passes to a handler. */
export interface Context {
  /** Milliseconds until Lambda ends this attempt. */
  getRemainingTimeInMillis(): number;
}

/**
 * Makes the Lambda handler of a state. An AWS error that goes away by itself becomes `Throttled` or
 * `TransientError`, the names that the state machine retries. Every other error keeps its own name.
 *
 * @param key of the execution's state that the answer becomes
 * @param fields of the answer that later states read: a path that leads nowhere would end the execution as
 * `States.Runtime`, which no Catch takes
 * @throws InvalidAnswer if the answer lacks something that later states read
 */
export function task<Key extends AnswerKey, Input extends TaskInput>(
  key: Key,
  fields: readonly (keyof Answers[Key] & string)[],
  run: (input: Input, context: Context) => Promise<Answers[Key]>,
): (input: Input, context: Context) => Promise<Answers[Key]> {
  return async (input, context) => {
    try {
      return complete(key, fields, await run(input, context));
    } catch (error) {
      // Wherever it is thrown, it ends the execution, so it is counted once.
      if ((error as Error).name === 'Superseded') emit({ Superseded: 1 });
      throw asWorkflowError(error);
    }
  };
}

function complete<Answer>(key: string, fields: readonly (keyof Answer & string)[], answer: Answer): Answer {
  const missing = fields.filter((field) => answer?.[field] === undefined);
  if (missing.length === 0) return answer;
  throw new InvalidAnswer(
    `The function answered without ${missing.map((field) => `${key}.${field}`).join(', ')}, which later states read.`,
  );
}
