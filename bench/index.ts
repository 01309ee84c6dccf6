/**
 * npm run bench [-- --cold | --memory | --end-to-end | --delivery] [options that each file tells]
 *
 * Without a flag: what thumbnails cost in CPU.
 */
import { run as cold } from './cold';
import { run as delivery } from './delivery';
import { run as endToEnd } from './end-to-end';
import { run as images } from './images';
import { run as memory } from './memory';

const FLAGS: Record<string, (argv: string[]) => Promise<void>> = {
  '--cold': cold,
  '--memory': memory,
  '--end-to-end': endToEnd,
  '--delivery': delivery,
};

function main(argv: string[]): Promise<void> {
  const flag = argv.find((argument) => argument in FLAGS) ?? '';
  const run = FLAGS[flag] ?? images;
  return run(argv.filter((argument) => argument !== flag));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
