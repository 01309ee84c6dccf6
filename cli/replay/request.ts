/** What the options of a replay ask for. */
import { keyFromBase64 } from '../../contract/replay-command';
import { plural } from '../../contract/text';
import { UsageError } from '../lib/command';
import { Journal } from './journal';

/** Which images are replayed: the option that says so, and its value. */
export type ReplayRequest =
  | { by: 'key' | 'failed-since'; value: string }
  | { by: 'prefix'; value: string; journal?: Journal };

/** The options that say which images. */
export type Choice = Partial<Record<'key' | 'key-base64' | 'prefix' | 'failed-since' | 'resume', string>>;

/** @throws UsageError unless exactly one option says which images */
export function requestIn(values: Choice): ReplayRequest {
  const options = ['key', 'key-base64', 'prefix', 'failed-since', 'resume'] as const;
  const given = options.filter((option) => values[option] !== undefined);
  const [option, ...more] = given;
  if (!option || more.length > 0) {
    throw new UsageError(
      `Expected one of ${options.map((name) => `--${name}`).join(', ')} but received ${given.length === 0 ? 'none' : given.map((name) => `--${name}`).join(', ')}`,
    );
  }
  const value = values[option] as string;
  switch (option) {
    case 'key-base64':
      return { by: 'key', value: decoded(value) };
    case 'resume': {
      const journal = Journal.resume(value);
      return { by: 'prefix', value: journal.task.prefix, journal };
    }
    default:
      return { by: option, value };
  }
}

function decoded(text: string): string {
  try {
    return keyFromBase64(text);
  } catch {
    throw new UsageError(`Expected a key in Base64 for --key-base64 but received "${text}"`);
  }
}

/** More images than this need --yes: a whole bucket costs money. */
const MANY = 1_000;

/** @throws UsageError for many images without --yes, with the time that they would take */
export function assertConfirmed(images: number, yes: boolean, rate: number): void {
  if (images <= MANY || yes) return;
  const minutes = Math.ceil(images / rate / 60);
  throw new UsageError(
    `Expected --yes for more than ${MANY.toLocaleString('en-US')} images, which these are: ` +
      `at ${rate} a second they take ${plural(minutes, 'minute')} or more`,
  );
}
