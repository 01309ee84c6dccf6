/** Steps through the workflow's definition: as much of Amazon States Language as it uses, without waiting. */
import { definition as define } from '../../stacks/state-machine/definition';
import { ERRORS } from './cloud';

interface Catcher {
  ErrorEquals: string[];
  ResultPath: string;
  Next: string;
}

interface Rule {
  And?: Rule[];
  Variable?: string;
  StringEquals?: string;
  IsPresent?: boolean;
}

interface Choice extends Rule {
  Next: string;
}

interface State {
  Type: 'Task' | 'Choice' | 'Pass' | 'Succeed' | 'Fail';
  Resource?: string;
  Parameters?: unknown;
  ResultPath?: string;
  Retry?: { ErrorEquals: string[]; MaxAttempts: number }[];
  Catch?: Catcher[];
  Choices?: Choice[];
  Default?: string;
  Next?: string;
  End?: boolean;
  Error?: string;
}

type Json = Record<string, unknown>;

/** Functions and queues by their name instead of an ARN. */
const NAMES = {
  validate: 'validate',
  thumbnail: 'thumbnail',
  storeMetadata: 'storeMetadata',
  notify: 'notify',
  quarantine: 'quarantine',
  remove: 'remove',
  errorTopic: ERRORS,
  backlogQueue: 'backlog',
  failureQueue: 'failures',
};
const TIMEOUTS = { validate: 8, thumbnail: 8, storeMetadata: 8, notify: 8, quarantine: 8, remove: 8 };

const { StartAt, States } = define(NAMES, TIMEOUTS) as unknown as {
  StartAt: string;
  States: Record<string, State>;
};

/** Does what a Task asks for. */
export type Perform = (resource: string, parameters: unknown) => Promise<unknown>;

export interface Execution {
  id: string;
  input: Json;
  /** The states it went through. */
  path: string[];
  /** What it caught on its way. */
  caught: { Error: string; Cause: string }[];
  /** Name of the error it failed with. */
  failed?: string;
}

/** Runs an execution to its end. */
export async function execute(id: string, input: Json, perform: Perform): Promise<Execution> {
  const execution: Execution = { id, input, path: [], caught: [] };
  const context = { Execution: { Id: id, Input: input, StartTime: '2026-03-12T02:08:00.000Z' } };
  let data = structuredClone(input);
  for (let name: string | undefined = StartAt; name; ) {
    const state: State = States[name] as State;
    execution.path.push(name);
    const parameters = () => (state.Parameters ? resolve(state.Parameters, data, context) : data);
    switch (state.Type) {
      case 'Succeed':
        return execution;
      case 'Fail':
        return { ...execution, failed: state.Error };
      case 'Choice':
        name = state.Choices?.find((choice) => holds(choice, data))?.Next ?? state.Default;
        break;
      case 'Pass':
        data = put(data, state.ResultPath, parameters());
        name = state.Next;
        break;
      case 'Task':
        try {
          const answer = await attempt(state, () => perform(state.Resource as string, parameters()));
          data = put(data, state.ResultPath, answer);
          name = state.Next;
        } catch (error) {
          const caught = asCaught(error as Error);
          execution.caught.push(caught);
          const catcher: Catcher | undefined = state.Catch?.find(({ ErrorEquals }) =>
            matches(ErrorEquals, caught.Error),
          );
          if (!catcher) throw error;
          data = put(data, catcher.ResultPath, caught);
          name = catcher.Next;
        }
    }
  }
  return execution;
}

/** As often as its retriers say; each counts its own attempts. */
async function attempt(state: State, perform: () => Promise<unknown>): Promise<unknown> {
  const used = new Map<object, number>();
  for (;;) {
    try {
      return await perform();
    } catch (error) {
      const { name } = error as Error;
      const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, name));
      const attempts = (retrier && used.get(retrier)) ?? 0;
      if (!retrier || attempts >= retrier.MaxAttempts) throw error;
      used.set(retrier, attempts + 1);
    }
  }
}

function matches(names: string[], name: string): boolean {
  return names.includes(name) || names.includes('States.ALL') || names.includes('States.TaskFailed');
}

/** What a Node.js function's error looks like to Step Functions. */
function asCaught({ name, message }: Error): { Error: string; Cause: string } {
  return { Error: name, Cause: JSON.stringify({ errorType: name, errorMessage: message }) };
}

function holds({ And, Variable = '', StringEquals, IsPresent }: Rule, data: Json): boolean {
  if (And) return And.every((rule) => holds(rule, data));
  const value = find(Variable, data);
  if (IsPresent !== undefined) return (value !== undefined) === IsPresent;
  if (StringEquals === undefined) throw new Error(`Expected a rule this test knows for ${Variable}`);
  return value === StringEquals;
}

/** `$.a.b`, `$['a-b']` */
function find(path: string, data: unknown): unknown {
  const names = [...path.matchAll(/\.([^.[]+)|\['([^']+)'\]/g)].map(([, plain, quoted]) => plain ?? quoted);
  return names.reduce<unknown>((value, name) => (value as Json | undefined)?.[name as string], data);
}

/** `$.key` is where an answer goes. */
function put(data: Json, path: string | undefined, value: unknown): Json {
  const key = /^\$\.(\w+)$/.exec(path ?? '')?.[1];
  if (!key) throw new Error(`Expected a ResultPath of the form $.key but received ${path}`);
  return { ...data, [key]: JSON.parse(JSON.stringify(value ?? null)) };
}

function resolve(template: unknown, data: Json, context: Json): unknown {
  if (Array.isArray(template)) return template.map((item) => resolve(item, data, context));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), evaluate(value as string, data, context)]
        : [name, resolve(value, data, context)],
    ),
  );
}

/** A path, or one of the intrinsic functions the definition uses. */
function evaluate(expression: string, data: Json, context: Json): unknown {
  const [, intrinsic, list = ''] = /^States\.(\w+)\((.*)\)$/s.exec(expression) ?? [];
  const parts = intrinsic ? [...list.matchAll(/'((?:[^'\\]|\\.)*)'|States\.\w+\([^)]*\)|\$[^,\s]+/g)] : [];
  const values = parts.map(([text, literal]) => literal ?? evaluate(text, data, context));
  if (intrinsic === 'JsonToString') return JSON.stringify(values[0]);
  if (intrinsic === 'Format') {
    const [format, ...rest] = values as [string, ...unknown[]];
    return format.replaceAll('{}', () => String(rest.shift()));
  }
  if (intrinsic) throw new Error(`Expected a known intrinsic function but received ${expression}`);
  const value = expression.startsWith('$$') ? find(expression.slice(1), context) : find(expression, data);
  if (value === undefined) throw new Error(`States.Runtime: nothing is at ${expression}`);
  return value;
}
