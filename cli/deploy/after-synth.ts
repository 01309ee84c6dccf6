/**
 * The end of every synth by cdktf, as cdktf.json has it: `npx cdktf deploy`, `diff` and `destroy` stop here for what
 * `npm run deploy` would refuse and this machine can know.
 */
import path from 'node:path';
import { readConfiguration } from '../lib/configuration';
import { PROJECT, synthesizedIn } from '../lib/synthesize';
import { checkOffline } from './checks';
import { print } from './finding';
import { describe } from './synthesized';

async function main(): Promise<void> {
  const file = await synthesizedIn(process.env['CDKTF_OUTDIR'] ?? path.join(PROJECT, 'cdktf.out'));
  const configuration = readConfiguration(file);
  const findings = await checkOffline(configuration, describe(configuration), path.dirname(file));
  // cdktf shows what is on standard error as an error. Whether to replace everything, Terraform asks with its plan.
  print(findings.filter(({ level }) => level !== 'note'));
  if (findings.some(({ level }) => level === 'stop')) process.exitCode = 1;
}

void main();
