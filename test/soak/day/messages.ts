/** What people were told during a day, and doing what they were told to do. */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { FailureMessage } from '../../../contract/messages/failure';

const run = promisify(execFile);

const root = path.join(__dirname, '..', '..', '..');

export type Message = Pick<FailureMessage, 'source' | 'dedupeId'> &
  ({ status: 'DONE' } | { status: 'FAILED'; consequence: FailureMessage['consequence'] });

/** @param dataDir of the engine */
export function messagesIn(dataDir: string): Message[] {
  return ['processed', 'errors'].flatMap((topic) => {
    const file = path.join(dataDir, 'messages', `thumbnail-workflow-${topic}.jsonl`);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    // An alarm's message has no source.
    return lines
      .map((line) => JSON.parse(JSON.parse(line).Message) as Message)
      .filter(({ source }) => source !== undefined);
  });
}

/**
 * Replays each image of which a mail said that handling its failure failed too, as the mail asks for. Until then its record may
 * be wrong, and thumbnails of its earlier versions may be left.
 *
 * @returns how many images it replayed
 */
export async function replayAsMailed(dataDir: string): Promise<number> {
  const keys = new Set(
    messagesIn(dataDir).flatMap((message) =>
      message.status === 'FAILED' && message.consequence === 'UNKNOWN' ? [message.source.key] : [],
    ),
  );
  for (const key of keys) {
    const encoded = Buffer.from(key).toString('base64');
    const command = ['replay', '--local', '--data', dataDir, `--key-base64=${encoded}`];
    // It exits with 1 if the image failed again, as an image that is itself bad must.
    await run(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...command], { cwd: root }).catch(
      (error: { code?: unknown }) => {
        if (error.code !== 1) throw error;
      },
    );
  }
  return keys.size;
}
