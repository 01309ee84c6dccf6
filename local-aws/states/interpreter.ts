/**
 * Loads aws-local-stepfunctions, which runs Amazon States Language, with two repairs.
 *
 * It needs `Promise.withResolvers`, which Node 20 doesn't have. And version 3.0.0 deletes every backslash from the result
 * of an intrinsic function, so `States.JsonToString` of a text with quotes would no longer be JSON; and `States.Base64Encode` takes
 * only characters of one byte, rather than UTF-8. Both statements are replaced while the module is loaded. If one of them is no
 * longer there, loading fails and this file must be revised.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The package declares its types for ES modules only, though it ships both. */
type Interpreter = Pick<
  typeof import('aws-local-stepfunctions', { with: { 'resolution-mode': 'import' }}),
  'StateMachine'
>;
type StateMachine = InstanceType<Interpreter['StateMachine']>;

const PACKAGE = 'aws-local-stepfunctions';
/** Statements of the package, and what replaces them. */
const REPAIRS: [statement: string, repaired: string][] = [
  ['result = result.replaceAll("\\\\", "");', ''],
  ['return btoa(str);', 'return Buffer.from(str).toString("base64");'],
];

function polyfill(): void {
  const promise = Promise as unknown as { withResolvers?: () => unknown };
  promise.withResolvers ??= () => {
    let resolve: unknown;
    let reject: unknown;
    const settled = new Promise((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    return { promise: settled, resolve, reject };
  };
}

function load(): Interpreter {
  polyfill();
  const file = require.resolve(PACKAGE);
  const source = readFileSync(file, 'utf8');
  const repaired = REPAIRS.reduce((text, [statement, replacement]) => {
    const parts = text.split(statement);
    if (parts.length === 2) return parts.join(replacement);
    throw new Error(
      `Expected ${PACKAGE} 3.0.0 for the repair of its intrinsic functions but received another version`,
    );
  }, source);
  const module = { exports: {} as Interpreter };
  const run = new Function('module', 'exports', 'require', `${repaired}\n//# sourceURL=${file}`);
  run(module, module.exports, createRequire(file));
  return module.exports;
}

export const interpreter = load();

/** One running execution. */
export type Run = ReturnType<StateMachine['run']>;

/** What the interpreter reports while it runs. */
export type InterpreterEvent = Run['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

export type Definition = ConstructorParameters<Interpreter['StateMachine']>[0];
