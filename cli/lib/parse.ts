/** From the words after a command's name to the values of its options. */
import { parseArgs } from 'node:util';
import { type Command, type Options, UsageError, type Valued, type Values } from './command';

export interface Parsed<O extends Options> {
  help: boolean;
  values: Values<O>;
  /** What followed the options. */
  rest: string[];
}

/** @throws UsageError for anything the command does not have or cannot read; never when `--help` is among the words */
export function parse<O extends Options>(
  command: Pick<Command<O>, 'options' | 'arguments'>,
  argv: readonly string[],
): Parsed<O> {
  const options: Options = command.options;
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(
        Object.entries(options).map(([name, option]) => [
          name,
          { type: 'value' in option ? 'string' : 'boolean' } as const,
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
    strict: false,
    tokens: true,
  });
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) {
    return { help: true, values: {} as Values<O>, rest: [] };
  }
  const given = new Map<string, string | undefined>();
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option) given.set(name, checked(option, token));
    else if (command.arguments?.withOptions) rest.push(inlineValue ? `${rawName}=${value}` : rawName);
    else throw new UsageError(`There is no option ${rawName}.`);
  }
  if (rest.length > 0 && !command.arguments) {
    throw new UsageError(`Expected nothing besides options but received "${rest[0]}".`);
  }
  const values = Object.entries(options).map(([name, option]) => [name, readOption(name, option, given)]);
  return { help: false, values: Object.fromEntries(values) as Values<O>, rest };
}

interface OptionToken {
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function checked(option: Options[string], { rawName, value, inlineValue }: OptionToken): string | undefined {
  if (!('value' in option)) {
    if (inlineValue) throw new UsageError(`${rawName} takes no value but received "${value}".`);
    return undefined;
  }
  if (value === undefined) throw new UsageError(`Expected a value: ${rawName} ${option.value}.`);
  if (value.startsWith('-') && !inlineValue) {
    throw new UsageError(
      `Expected a value: ${rawName} ${option.value}. One that starts with "-" takes an equals sign: ${rawName}=${value}`,
    );
  }
  return value;
}

function readOption(
  name: string,
  option: Options[string],
  given: ReadonlyMap<string, string | undefined>,
): unknown {
  if (!('value' in option)) return given.has(name);
  const text = given.get(name) ?? option.default;
  if (text === undefined) return missing(name, option);
  return option.read ? option.read(text, `--${name}`) : text;
}

function missing(name: string, { required, value }: Valued): undefined {
  if (required) throw new UsageError(`Expected --${name} ${value}.`);
}
