import { ANSWER_FIELDS, type Answer, type AnswerKey } from '../../../contract/answers';
import { InvalidAnswer } from '../../../contract/errors';
import type { TaskInput } from '../../../contract/states';
import { asWorkflowError } from './aws-errors';
import { emit } from './metrics';

/**
 * Makes the Lambda handler of a state. An AWS error that goes away by itself becomes `Throttled` or
 * `TransientError`, the names that the state machine retries. Every other error keeps its own name.
 *
 * @param key of the execution's state that the answer becomes
 * @throws InvalidAnswer if the answer lacks something that later states read
 */
export function task<Key extends AnswerKey, Input extends TaskInput>(
  key: Key,
  run: (input: Input) => Promise<Answer<Key>>,
): (input: Input) => Promise<Answer<Key>> {
  return async (input) => {
    try {
      return complete(key, await run(input));
    } catch (error) {
      // Wherever it is thrown, it ends the execution, so it is counted once.
      if ((error as Error).name === 'Superseded') emit({ Superseded: 1 });
      throw asWorkflowError(error);
    }
  };
}

function complete<Key extends AnswerKey>(key: Key, answer: Answer<Key>): Answer<Key> {
  const missing = ANSWER_FIELDS[key].filter((field) => answer?.[field] === undefined);
  if (missing.length === 0) return answer;
  throw new InvalidAnswer(
    `The function answered without ${missing.map((field) => `${key}.${field}`).join(', ')}, which later states read.`,
  );
}
