import { defineCommand } from '../lib/command';
import { DATA, FAULTS, SETTINGS } from '../lib/options';

export const processFiles = defineCommand({
  name: 'process',
  summary: 'Uploads pictures to the engine on this machine and saves their thumbnails.',
  changes: true,
  options: {
    out: { value: 'DIR', default: 'thumbnails', help: 'where thumbnails are written' },
    data: DATA,
    settings: { ...SETTINGS, help: 'settings file to start the engine with, when it is not running' },
    faults: FAULTS,
    json: { help: 'print one JSON object for each file instead of text' },
  },
  arguments: { usage: 'FILE|DIR…', help: 'pictures, and folders of pictures' },
  exit: { 0: 'all of them succeeded', 1: 'some of them failed' },
  run: async (values, rest) => (await import('./run.ts')).processPictures(values, rest),
});
