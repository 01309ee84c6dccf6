/** Server-sent events without a network: who gets what, and what is bounded. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Live } from '../../../cli/console/live';

class Page extends EventEmitter {
  text = '';
  ended = false;
  destroyed = false;
  writableLength = 0;
  writeHead = jest.fn();
  write(text: string): boolean {
    this.text += text;
    return true;
  }
  end(): void {
    this.ended = true;
    this.emit('close');
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
  get ids(): string[] {
    return [...this.text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id as string);
  }
  get events(): unknown[] {
    return [...this.text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data as string));
  }
}

let live: Live;
beforeEach(() => {
  live = new Live();
});
afterEach(() => live.close());

function open(lastId?: string): Page {
  const page = new Page();
  live.open(page as unknown as ServerResponse, lastId);
  return page;
}

test('a page hears at once that it is connected, and then each message', () => {
  const page = open();
  expect(page.text).toBe('retry: 1000\n:\n\n');
  live.send('run', { key: 'a\n\ndata: b' });
  expect(page.text).toContain('event: run\ndata: {"key":"a\\n\\ndata: b"}\n\n');
});

test('a page whose connection broke gets what it missed, and nothing twice', () => {
  const first = open();
  for (const n of [1, 2, 3]) live.send('run', { n });
  const second = open(first.ids[0]);
  live.send('run', { n: 4 });
  expect(second.events).toEqual([{ n: 2 }, { n: 3 }, { n: 4 }]);
  expect(open(first.ids[2]).events).toEqual([{ n: 4 }]);
});

test.each(['', 'x', '0-1', '-', 'of-another-start'])(
  'the id %p means nothing: the page asks for all runs',
  (id) => {
    live.send('run', { n: 1 });
    expect(open(id).events).toEqual([]);
  },
);

test('so many messages are kept, and no more', () => {
  const page = open();
  for (let n = 1; n <= 1_200; n++) live.send('run', { n });
  const { events } = open(page.ids[0]);
  expect(events).toHaveLength(1_000);
  expect(events[0]).toEqual({ n: 201 });
});

test('so many pages may listen, and one that left makes room', () => {
  const pages = Array.from({ length: 32 }, () => open());
  expect(() => open()).toThrow('The console is open 32 times');
  pages[0]?.end();
  expect(live.listeners).toBe(31);
  open();
});

test('a page that doesn’t read is cut off, and the others go on', () => {
  const [slow, quick] = [open(), open()];
  slow.writableLength = 5_000_000;
  live.send('run', { n: 1 });
  live.send('run', { n: 2 });
  expect(slow.destroyed).toBe(true);
  expect(slow.events).toEqual([{ n: 1 }]);
  expect(quick.events).toEqual([{ n: 1 }, { n: 2 }]);
});

test('closing ends every page', () => {
  const pages = [open(), open()];
  live.close();
  expect(pages.map(({ ended }) => ended)).toEqual([true, true]);
});
