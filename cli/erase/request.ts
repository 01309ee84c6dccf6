/** What the options of an erasure ask for. */
import { createInterface } from 'node:readline/promises';
import { keyFromBase64 } from '../../contract/replay-command';
import { UsageError } from '../lib/command';

export type EraseRequest = { by: 'key' | 'prefix'; value: string };

/** The options that say which images. */
export type Choice = Partial<Record<'key' | 'key-base64' | 'prefix', string>>;

/** @throws UsageError unless exactly one option says which images */
export function requestIn(values: Choice): EraseRequest {
  const options = ['key', 'key-base64', 'prefix'] as const;
  const [option, ...more] = options.filter((name) => values[name] !== undefined);
  if (!option || more.length > 0) {
    throw new UsageError(
      `Expected one of --key, --key-base64 and --prefix but received ${option ? [option, ...more].map((name) => `--${name}`).join(', ') : 'none'}`,
    );
  }
  const value = values[option] as string;
  if (option === 'prefix') return { by: 'prefix', value };
  if (value === '') throw new UsageError(`Expected a key for --${option} but received nothing`);
  return { by: 'key', value: option === 'key' ? value : decoded(value) };
}

function decoded(text: string): string {
  try {
    return keyFromBase64(text);
  } catch {
    throw new UsageError(`Expected a key in Base64 for --key-base64 but received "${text}"`);
  }
}

/** Where a person is asked. */
export type Terminal = NodeJS.ReadableStream & { isTTY?: boolean };

/** @throws UsageError if there is nobody to ask */
export function assertCanAsk(input: Terminal = process.stdin): void {
  if (input.isTTY) return;
  throw new UsageError(
    'Expected --yes for --prefix, since there is no terminal at which to ask before everything is erased. --dry-run says what that would be',
  );
}

/** Asks whether to go on. Nothing but the word is taken for a yes. */
export async function isConfirmed(
  input: Terminal = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<boolean> {
  const terminal = createInterface({ input, output });
  // Ctrl-C and the end of input are no answers.
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const question = '\nErase them for good? Nothing brings them back. Type "erase" to go on: ';
  const answer = await Promise.race([terminal.question(question), ended]);
  terminal.close();
  return answer.trim() === 'erase';
}
