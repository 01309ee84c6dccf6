import { defineCommand } from '../lib/command';
import { DATA, MOMENTS, moment, port, SETTINGS } from '../lib/options';

export const consoleCommand = defineCommand({
  name: 'console',
  summary: 'Shows every run of the workflow in the browser, as it happens, until Ctrl-C.',
  changes: true,
  options: {
    since: {
      value: 'T',
      read: moment,
      help: `how far back to look: ${MOMENTS}`,
      defaultHelp: 'everything',
    },
    port: { value: 'N', default: '0', read: port, help: 'port on 127.0.0.1, or 0 for any free one' },
    data: DATA,
    settings: { ...SETTINGS, help: 'settings file to start the engine with, when it is not running' },
  },
  details: [
    'It works with the engine on this machine, which is started when it is not running, and prints an address with a token. Only who has the token can use it.',
  ],
  exit: { 0: 'it was stopped with Ctrl-C', 1: 'it could not start' },
  run: async (values) => (await import('./run.ts')).runConsole(values),
});
