import { defineCommand } from '../lib/command';
import { SETTINGS, within } from '../lib/options';

export const estimate = defineCommand({
  name: 'estimate',
  summary: 'Estimates what the stack costs in a month, from its settings and a table of list prices.',
  options: {
    images: { value: 'N', required: true, read: within(1, 1e12), help: 'uploads in a month' },
    'avg-mb': { value: 'M', required: true, read: within(0.001, 1024), help: 'their average size in MB' },
    others: {
      value: 'N',
      default: '0',
      read: within(0, 1e12),
      help: 'other objects below `uploads.prefix` in a month, each of which starts an execution that ends at once',
    },
    heic: { value: 'P', default: '0', read: within(0, 100), help: 'percentage of them that are HEIC' },
    failing: { value: 'P', default: '1', read: within(0, 100), help: 'percentage of them that fail' },
    'kept-months': {
      value: 'K',
      default: '1',
      read: within(1, 1200),
      help: 'for how many months images are kept',
    },
    views: {
      value: 'N',
      read: within(0, 1e15),
      help: 'thumbnails that people see in a month, when the stack delivers them',
      defaultHelp: '10 for each image',
    },
    seen: {
      value: 'P',
      default: '100',
      read: within(0, 100),
      help: 'percentage of the images whose variants on request are ever asked for',
    },
    preset: { value: 'NAME', help: 'preset that the images use', defaultHelp: 'the first' },
    region: { value: 'R', help: 'use the prices of this region', defaultHelp: 'the one in the settings' },
    settings: SETTINGS,
  },
  exit: { 0: 'done', 1: 'something is wrong with the settings or the region' },
  run: async (values) => (await import('./run.ts')).estimateCosts(values),
});
