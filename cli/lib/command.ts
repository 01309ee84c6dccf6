/** What every command is: its name, its options as data, and what it does. */

/** An option that is either given or not. */
export interface Flag {
  help: string;
}

/** An option with a value. */
export interface Valued {
  /** What stands for the value in the help, for example `FILE`. */
  value: string;
  help: string;
  /** As a person would type it. */
  default?: string;
  /** What the help says of the default when it depends on something else. */
  defaultHelp?: string;
  required?: true;
  /** @throws UsageError for an invalid value */
  read?: (text: string, option: string) => unknown;
}

export type Options = Readonly<Record<string, Flag | Valued>>;

type ValueOf<O> = O extends { value: string }
  ?
      | (O extends { read: (text: string, option: string) => infer T } ? T : string)
      | (O extends { default: string } | { required: true } ? never : undefined)
  : boolean;

/** The values a command is called with, by option. */
export type Values<O extends Options> = { -readonly [Name in keyof O]: ValueOf<O[Name]> };

/** How a command ended. */
export interface Result {
  /** False when something failed, or is not as it should be: exit status 1. */
  ok: boolean;
  /** The last line a person reads. */
  summary?: string;
}

export interface Command<O extends Options = Options> {
  /** Of the npm script. */
  name: string;
  /** What it does: one sentence for the list of commands. */
  summary: string;
  /** Whether it changes anything, so that it has to finish what it has begun even if nobody reads its output. */
  changes?: true;
  options: O;
  /** What may follow the options. */
  arguments?: {
    usage: string;
    help: string;
    /** Whether options that are not among `options` belong to them too. */
    withOptions?: true;
  };
  /** Paragraphs for the help: what a person has to know before they run it. */
  details?: readonly string[];
  /** What the exit statuses 0 and 1 mean here. */
  exit: { readonly 0: string; readonly 1: string };
  run(values: Values<O>, rest: string[]): Promise<Result>;
}

/** Types what `run` is given by the options. */
export const defineCommand = <const O extends Options>(command: Command<O>): Command<O> => command;

/** Something the person who called the command can correct by calling it differently. */
export class UsageError extends Error {}

/** How a person calls it. */
export const callOf = ({ name }: Pick<Command, 'name'>): string =>
  name === 'start' ? 'npm start' : `npm run ${name}`;
