/** Where published messages go: a mail file for each email subscriber, and a line for each message of a topic. */

import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory, withRoom, writeDurably } from '../durable';
import { KeyedMutex } from '../keyed-mutex';

export interface Output {
  /** @returns the path of the mail. Names sort by time. */
  mail(topic: string, timestamp: string, mail: Buffer): Promise<string>;
  /** Appends a message to the topic's file. */
  record(topic: string, message: object): Promise<void>;
}

/** Once these resolve, what they wrote survives a crash of the machine. @param dataDir gets `mail/` and `messages/` */
export function openOutput(dataDir: string): Output {
  const [mails, messages] = ['mail', 'messages'].map((name) => path.join(dataDir, name)) as [string, string];
  for (const folder of [mails, messages]) mkdirSync(folder, { recursive: true });
  const turns = new KeyedMutex();
  let count = 0;
  return {
    async mail(topic, timestamp, mail) {
      count += 1;
      const name = `${timestamp.replaceAll(':', '-')}-${topic}-${String(count).padStart(6, '0')}.eml`;
      const file = path.join(mails, name);
      await writeDurably(file, mail.toString());
      return file;
    },
    record: (topic, message) =>
      turns.run(topic, () =>
        withRoom(async () => {
          await append(path.join(messages, `${topic}.jsonl`), `${JSON.stringify(message)}\n`);
          await syncDirectory(messages);
        }),
      ),
  };
}

/** Appends a line durably. If that fails, nothing of it is left in the file. Call it once at a time for each file. */
async function append(path: string, line: string): Promise<void> {
  const file = await open(path, 'a');
  const { size } = await file.stat();
  try {
    await file.appendFile(line);
    await file.sync();
  } catch (error) {
    await file.truncate(size);
    throw error;
  } finally {
    await file.close();
  }
}
