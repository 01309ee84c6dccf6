/** `npm run NAME -- …` arrives here as `cli/main.ts NAME …`. */
import { allCommands, COMMANDS } from './commands';
import { callOf } from './lib/command';
import { main } from './lib/run-command';

async function run([name = '', ...argv]: string[]): Promise<void> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load) return main(await load(), argv);
  const lines = (await allCommands()).map((command) => `  ${callOf(command).padEnd(20)}  ${command.summary}`);
  console.error(`There is no command "${name}". There are:\n\n${lines.join('\n')}`);
  process.exitCode = 2;
}

void run(process.argv.slice(2));
