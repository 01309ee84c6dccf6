/** Settings reach a function as environment variables, read once when it starts. */
import type { Environment, FunctionName, OptionalName, RequiredName } from '../../../contract/environment';

/** Reads environment variables by names that the stack is known to set. */
export type Reader<Variables> = ReaderOf<RequiredName<Variables>, OptionalName<Variables>>;

interface ReaderOf<Name extends string, MayBeMissing extends string> {
  /** @throws Error naming the variable if it is missing or empty */
  readonly text: (name: Name) => string;
  /** @returns an empty text if the variable is not set */
  readonly optional: (name: MayBeMissing) => string;
  /** @throws Error naming the variable if it is not a positive whole number */
  readonly count: (name: Name) => number;
  /** Reads a list separated by commas. @throws Error naming the variable if it is missing or empty */
  readonly list: <Item extends string>(name: Name) => Item[];
}

/** @returns a reader of one function's variables: to read any other is a type error */
export function environmentOf<Name extends FunctionName>(): Reader<Environment<Name>> {
  return reader;
}

const reader: ReaderOf<string, string> = { text, optional, count, list };

function text(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Expected environment variable ${name} to be set; it is missing or empty`);
  return value;
}

function optional(name: string): string {
  return process.env[name] ?? '';
}

function count(name: string): number {
  const value = Number(text(name));
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(
      `Expected a positive whole number for environment variable ${name} but received ${text(name)}`,
    );
  }
  return value;
}

function list<Item extends string>(name: string): Item[] {
  return text(name).split(',') as Item[];
}
