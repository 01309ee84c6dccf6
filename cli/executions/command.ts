import { defineCommand } from '../lib/command';
import { count, DATA, MOMENTS, moment } from '../lib/options';

export const executions = defineCommand({
  name: 'executions',
  summary: 'Lists runs of the workflow, newest first, or draws one of them.',
  options: {
    aws: { help: 'runs of the deployed stack, from its CloudWatch logs' },
    local: { help: 'runs on this machine, which is the default' },
    since: {
      value: 'T',
      read: moment,
      help: `with --aws, how far back to look: ${MOMENTS}`,
      defaultHelp: '1h to list, 1d to draw one',
    },
    failed: { help: 'only runs that failed' },
    limit: { value: 'N', default: '20', read: count, help: 'how many to list' },
    data: DATA,
  },
  arguments: {
    usage: '[ID|KEY]',
    help: 'the run to draw: its ARN, as mails have it, the first characters of its ID or its name, or the key of its object or a part of it. If an object had several runs, they are listed',
  },
  exit: { 0: 'done', 1: 'there is no such run, or the logs could not be read' },
  run: async (values, rest) => (await import('./run.ts')).showExecutions(values, rest),
});
