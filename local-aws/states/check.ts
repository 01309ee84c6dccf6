/** Refuses, before the first execution, whatever the interpreter would run differently or not at all. */

import validate from 'asl-validator';
import type { StateMachine } from '../stack/model';
import { isDistributed, problemsOfMap } from './distributed-map/definition';
import { parseResource } from './resource';

type Json = Record<string, unknown>;

/** A field somewhere in a state: its key, and its text. */
interface Field {
  key: string;
  text: string;
}

const RULES: { refuses: (field: Field) => boolean; why: string }[] = [
  {
    refuses: ({ text }) => /\$\$\.(State|Task|Map)\b/.test(text),
    why: 'the context has only Execution and StateMachine',
  },
  {
    refuses: (field) => isPath(field) && /^\$[^.[$]/.test(field.text),
    why: 'variables are not supported',
  },
  {
    refuses: (field) => isPath(field) && /\.\.|\.\*|\[[^'"\]]*[*:,?]/.test(field.text),
    why: 'a path that can match several values gives another shape than on AWS when it matches one',
  },
  {
    refuses: (field) => isIntrinsic(field) && field.text.includes('\\'),
    why: 'escapes in an intrinsic function are not supported',
  },
  {
    refuses: (field) => isIntrinsic(field) && (field.text.match(/'[^']*'/g) ?? []).some(isUnbalanced),
    why: 'a text with an unpaired parenthesis confuses the interpreter',
  },
];

function isPath({ key, text }: Field): boolean {
  return (key.endsWith('.$') || key.endsWith('Path') || key === 'Variable') && text.startsWith('$');
}

function isIntrinsic({ key, text }: Field): boolean {
  return key.endsWith('.$') && text.startsWith('States.');
}

const isUnbalanced = (text: string) => text.split('(').length !== text.split(')').length;

/** Fields of a state that the interpreter would ignore silently. */
const IGNORED_FIELDS = [
  'Assign',
  'Arguments',
  'Output',
  'HeartbeatSeconds',
  'HeartbeatSecondsPath',
  'Credentials',
];

const REFUSED_TYPES: Record<string, string> = {
  Parallel: 'its branches would see the wrong execution in the context',
};

function* fields(value: unknown, key = ''): Generator<Field> {
  if (typeof value === 'string') yield { key, text: value };
  else if (typeof value === 'object' && value !== null) {
    for (const [inner, item] of Object.entries(value)) yield* fields(item, inner);
  }
}

function* problemsOfState(state: Json): Generator<string> {
  const why = REFUSED_TYPES[String(state['Type'])];
  if (state['Type'] === 'Map') {
    yield* problemsOfMap(state);
    const { States = {} } = (state['ItemProcessor'] ?? {}) as { States?: Record<string, Json> };
    for (const [name, child] of Object.entries(States)) {
      for (const problem of problemsOfState(child)) yield `${name}: ${problem}`;
    }
    return;
  }
  if (why) yield `a ${state['Type']} state is not supported: ${why}`;
  for (const field of IGNORED_FIELDS.filter((name) => name in state)) yield `${field} is not supported`;
  if (state['QueryLanguage'] === 'JSONata') yield 'JSONata is not supported, only JSONPath';
  if (state['Type'] === 'Pass' && 'Result' in state && !state['Result']) {
    yield `the Result ${JSON.stringify(state['Result'])} would be ignored`;
  }
  for (const operator of comparisonsWithFalse(state)) {
    yield `${operator} with false is not supported: it would never match. Put the rule with true into a Not`;
  }
  if (state['Type'] === 'Task') {
    try {
      parseResource(String(state['Resource']));
    } catch (error) {
      yield (error as Error).message;
    }
  }
  for (const field of fields(state)) {
    for (const { refuses, why } of RULES) {
      if (refuses(field)) yield `${field.key} "${field.text}": ${why}`;
    }
  }
}

/** Type tests of Choice rules that ask whether something is not so. */
function* comparisonsWithFalse(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (/^Is(Present|Null|Numeric|String|Boolean|Timestamp)$/.test(key) && inner === false) yield key;
    yield* comparisonsWithFalse(inner);
  }
}

/** The validator changes its input, so it gets a copy. */
function* problems({ type, definition }: StateMachine): Generator<string> {
  if (type !== 'EXPRESS' && type !== 'STANDARD')
    yield `Expected type EXPRESS or STANDARD but received ${type}`;
  if (definition['QueryLanguage'] === 'JSONata') yield 'JSONata is not supported, only JSONPath';
  const states = (definition['States'] ?? {}) as Record<string, Json>;
  for (const [name, state] of Object.entries(states)) {
    if (type === 'EXPRESS' && isDistributed(state)) {
      yield `state ${name}: a Map state in DISTRIBUTED mode needs a STANDARD state machine`;
      continue;
    }
    for (const problem of problemsOfState(state)) yield `state ${name}: ${problem}`;
  }
  const { isValid, errorsText } = validate(JSON.parse(JSON.stringify(definition)));
  if (!isValid) yield* errorsText('\n').split('\n');
}

/** @throws Error naming each part of the definition that can't be run faithfully, and why */
export function checkStateMachine(machine: StateMachine): void {
  const found = [...problems(machine)];
  if (found.length > 0) {
    throw new Error(
      `The state machine ${machine.name} cannot run locally:\n${found.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}
