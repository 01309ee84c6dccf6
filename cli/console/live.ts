/** Sends news to the pages that are open, as server-sent events: html.spec.whatwg.org/multipage/server-sent-events.html */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { STRICT } from '../lib/page-files';
import { Refused } from './refused';

/** Pages that may be open at the same time. */
const MOST_CLIENTS = 32;

/** Messages that are kept for a page whose connection broke. */
const KEPT = 1_000;

/** Bytes that may wait for a page that doesn't read. */
const MOST_WAITING = 4_000_000;

/** Milliseconds between two signs of life. */
const HEARTBEAT = 15_000;

/** Milliseconds after which a page connects again. */
const RETRY = 1_000;

export class Live {
  private readonly clients = new Set<ServerResponse>();

  /** In ids, so that the ids of an earlier start mean nothing now. */
  private readonly start = randomBytes(4).toString('hex');

  private readonly kept: { number: number; text: string }[] = [];

  private last = 0;

  private readonly heartbeat = setInterval(() => this.write(':\n\n'), HEARTBEAT).unref();

  /** How many pages are listening. */
  get listeners(): number {
    return this.clients.size;
  }

  /** @param lastId of the last message that the page got, if its connection broke. What it missed and is still kept is sent. */
  open(response: ServerResponse, lastId = ''): void {
    if (this.clients.size >= MOST_CLIENTS) {
      throw new Refused(503, `The console is open ${MOST_CLIENTS} times. Close it in one of the other tabs.`);
    }
    const headers = { ...STRICT, 'content-type': 'text/event-stream; charset=utf-8' };
    response.writeHead(200, headers);
    response.write(`retry: ${RETRY}\n:\n\n`);
    const [start, number] = lastId.split('-');
    if (start === this.start) {
      for (const message of this.kept) if (message.number > Number(number)) response.write(message.text);
    }
    this.clients.add(response);
    response.once('close', () => this.clients.delete(response));
  }

  send(event: string, data: object): void {
    this.last++;
    const text = `id: ${this.start}-${this.last}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    this.kept.push({ number: this.last, text });
    if (this.kept.length > KEPT) this.kept.shift();
    this.write(text);
  }

  close(): void {
    clearInterval(this.heartbeat);
    for (const client of this.clients) client.end();
  }

  private write(text: string): void {
    for (const client of this.clients) {
      client.write(text);
      // It connects again, and asks for everything.
      if (client.writableLength > MOST_WAITING) client.destroy();
    }
  }
}
