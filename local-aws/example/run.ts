/**
 * Runs the stack in this folder: uploads a text, and prints the resulting mail.
 *
 *    node --import tsx local-aws/example/run.ts
 */

import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { zipSync } from 'fflate';
import { startEngine, USER_CREDENTIALS } from '..';
import { pathLine, summarize } from '../graph';
import { readHistory } from '../history';

/** Writes the stack and the package of its function into a folder. @returns path of the stack */
export async function build(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const code = await readFile(path.join(__dirname, 'summarize', 'index.js'));
  await writeFile(path.join(folder, 'summarize.zip'), zipSync({ 'index.js': code }));
  const stackFile = path.join(folder, 'cdk.tf.json');
  await copyFile(path.join(__dirname, 'cdk.tf.json'), stackFile);
  return stackFile;
}

/** @returns the path of the execution and the text of the mail */
export async function run(folder: string): Promise<{ path: string; mail: string }> {
  const dataDir = path.join(folder, 'data');
  let line = '';
  const engine = await startEngine({
    dataDir,
    port: 0,
    stackFile: await build(path.join(folder, 'stack')),
    modulePaths: [path.join(__dirname, '..', '..', 'node_modules')],
    onExecution: ({ id }) => {
      line = pathLine(summarize(readHistory(dataDir, id)));
    },
  });
  try {
    const { endpoint, stack } = engine;
    const s3 = new S3Client({ endpoint, region: stack.region, credentials: USER_CREDENTIALS });
    const Bucket = stack.outputs['bucket'] as string;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'haiku.txt', Body: 'The old pond / a frog jumps in' }));
    await engine.idle();
    const mails = path.join(dataDir, 'mail');
    const [mail] = await readdir(mails);
    return { path: line, mail: await readFile(path.join(mails, mail as string), 'utf8') };
  } finally {
    await engine.close();
  }
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'example-'));
  try {
    const { path: line, mail } = await run(folder);
    console.log(`${line}\n\n${mail}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (require.main === module) void main();
