import { defineCommand } from '../lib/command';
import { DATA, FAULTS, SETTINGS } from '../lib/options';

export const processFiles = defineCommand({
  name: 'process',
  summary: 'Uploads pictures to the engine on this machine and saves their thumbnails.',
  changes: true,
  options: {
    out: { value: 'DIR', default: 'thumbnails', help: 'where thumbnails are written' },
    prefix: {
      value: 'P',
      default: '',
      defaultHelp: 'none',
      help: 'folder in the bucket to upload them to, for example products/, so that its preset applies',
    },
    data: DATA,
    settings: { ...SETTINGS, help: 'settings file to start the engine with, when it is not running' },
    faults: FAULTS,
    json: { help: 'print one JSON object for each file instead of text' },
  },
  arguments: {
    usage: 'FILE|DIR…',
    help: 'pictures, and folders of pictures: with DIR/. the name of the folder is no part of their keys',
  },
  exit: { 0: 'all of them succeeded', 1: 'some of them failed or are left, or there was none' },
  run: async (values, rest) => (await import('./run.ts')).processPictures(values, rest),
});
