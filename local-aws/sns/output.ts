/** Where published messages go: a mail file for each email subscriber, and a line for each message of a topic. */

import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory, writeDurably } from '../durable';

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
  let count = 0;
  return {
    async mail(topic, timestamp, mail) {
      count += 1;
      const name = `${timestamp.replaceAll(':', '-')}-${topic}-${String(count).padStart(6, '0')}.eml`;
      const file = path.join(mails, name);
      await writeDurably(file, mail.toString());
      return file;
    },
    async record(topic, message) {
      const file = await open(path.join(messages, `${topic}.jsonl`), 'a');
      try {
        await file.appendFile(`${JSON.stringify(message)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await syncDirectory(messages);
    },
  };
}
