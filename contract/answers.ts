/** What each function of the workflow has to answer with. */
import type { ExecutionState } from './states';

/** The key of the execution's state that a function's answer becomes. */
export type AnswerKey = 'image' | 'thumbnails' | 'record' | 'notification' | 'removal' | 'failure';

export type Answer<Key extends AnswerKey> = Required<ExecutionState>[Key];

/**
 * The fields of an answer that later states read. A path that leads nowhere ends an execution as `States.Runtime`,
 * which no Catch takes, so every function checks its answer before it returns.
 */
export const ANSWER_FIELDS: { readonly [Key in AnswerKey]: readonly (keyof Answer<Key> & string)[] } = {
  image: ['source', 'format', 'width', 'height', 'frames', 'bytes', 'preset'],
  thumbnails: ['items'],
  record: ['id', 'notified'],
  notification: ['messageId'],
  removal: ['outcome'],
  failure: ['text', 'message', 'error', 'prefix'],
};
