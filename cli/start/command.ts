import { defineCommand } from '../lib/command';
import { DATA, FAULTS, port, SETTINGS } from '../lib/options';

export const start = defineCommand({
  name: 'start',
  summary: 'Synthesizes the stack and runs it on this machine until Ctrl-C.',
  changes: true,
  options: {
    settings: SETTINGS,
    port: {
      value: 'N',
      default: '4566',
      read: port,
      help: 'port on 127.0.0.1, or 0 for any free one; the CDN, the API, the upload page and the console get the ones after it',
    },
    data: { ...DATA, help: 'where the engine keeps everything' },
    faults: FAULTS,
    existing: { value: 'FILE', help: 'what the account holds besides the stack: docs/local-engine.md' },
    fresh: { help: 'begin with an empty data folder' },
    watch: { help: 'rebuild a function when its code changes, and use it from the next call on' },
  },
  exit: { 0: 'it was stopped with Ctrl-C', 1: 'it could not start' },
  run: async (values) => (await import('./run.ts')).startServer(values),
});
