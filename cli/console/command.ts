import { defineCommand } from '../lib/command';
import { DATA, MOMENTS, moment, port, positive, SETTINGS } from '../lib/options';

export const consoleCommand = defineCommand({
  name: 'console',
  summary: 'Shows every run of the workflow in the browser, as it happens, until Ctrl-C.',
  changes: true,
  options: {
    aws: { help: 'runs of the deployed stack, read with your own credentials' },
    'allow-writes': {
      help: 'with --aws, let the console upload, delete, run again and redrive, which it refuses otherwise',
    },
    since: {
      value: 'T',
      read: moment,
      help: `how far back to look: ${MOMENTS}`,
      defaultHelp: '1h with --aws, else everything',
    },
    'scan-limit': {
      value: 'MB',
      read: positive,
      help: 'with --aws, how many megabytes of logs to read at most. AWS charges for data that leaves it: $0.09 for a GB in many regions',
      defaultHelp: '500',
    },
    port: { value: 'N', default: '0', read: port, help: 'port on 127.0.0.1, or 0 for any free one' },
    data: DATA,
    settings: { ...SETTINGS, help: 'settings file to start the engine with, when it is not running' },
  },
  details: [
    'It works with the engine on this machine, which is started when it is not running, and prints an address with a token. Only who has the token can use it.',
    'With --aws it reads the logs of the state machine and of the functions, the records, the pictures, the queues and the alarms. What it may not read stays empty and names the missing permission.',
  ],
  exit: { 0: 'it was stopped with Ctrl-C', 1: 'it could not start' },
  run: async (values) => (await import('./run.ts')).runConsole(values),
});
