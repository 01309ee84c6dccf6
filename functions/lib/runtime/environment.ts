/** Settings reach a function as environment variables, read once when it starts. */

/** @throws Error naming the variable, when it is missing or empty */
export function text(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Expected environment variable ${name} to be set; it is missing or empty`);
  return value;
}

/** Empty where the variable is not set. */
export function optional(name: string): string {
  return process.env[name] ?? '';
}

/** @throws Error naming the variable, when it is not a positive whole number */
export function count(name: string): number {
  const value = Number(text(name));
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(
      `Expected a positive whole number for environment variable ${name} but received ${text(name)}`,
    );
  }
  return value;
}

/** A list separated by commas. */
export function list<Item extends string>(name: string): Item[] {
  return text(name).split(',') as Item[];
}
