/** The commands of AWS clients that the functions send. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project';

const FUNCTIONS = join(ROOT, 'functions');

/** Each command that a source imports from a client of AWS, with the client: `@aws-sdk/client-s3 GetObjectCommand`. */
export const COMMANDS: readonly string[] = [
  ...new Set(
    readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => {
        const text = readFileSync(join(FUNCTIONS, path), 'utf8');
        return [...text.matchAll(/import (?!type)([^;]*?) from '(@aws-sdk\/client-[\w-]+)'/g)].flatMap(
          ([, names, client]) =>
            [...names!.matchAll(/\b\w+Command\b/g)].map(([command]) => `${client} ${command}`),
        );
      }),
  ),
].sort();
