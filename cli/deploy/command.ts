import { defineCommand } from '../lib/command';
import { SETTINGS } from '../lib/options';

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'Checks what would make a deploy fail halfway, then deploys.',
  changes: true,
  details: ['It synthesizes the stack, runs the checks, and hands over to "cdktf deploy".'],
  options: {
    settings: SETTINGS,
    'skip-checks': {
      help: "do not check Terraform, the credentials, the addresses, the account's capacity and an existing bucket",
    },
    'replace-everything': {
      help: 'do not ask before a changed namePrefix or region replaces the whole stack',
    },
  },
  arguments: {
    usage: '[ARGUMENTS]',
    help: 'are passed on to "cdktf deploy", for example --auto-approve',
    withOptions: true,
  },
  exit: { 0: 'deployed', 1: 'a check found a problem, or "cdktf deploy" failed' },
  run: async (values, rest) => (await import('./run.ts')).deployStack(values, rest),
});
