/** Opens the console that `npm run console` serves of a data folder, and measures what a person waits for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { memoryOf } from '../end-to-end/process';
import { summarize } from '../images/measure';

/** Milliseconds and bytes. */
export interface Visit {
  /** From the request of the page until the table has a row. */
  firstRow: number;
  /** Until every run is in the table. */
  allRows: number;
  /** Until what was typed into the filter shows. */
  filter: number;
  /** A notch of the wheel, until it is drawn: the median, and what one of twenty exceeds. */
  scroll: number;
  slowScroll: number;
  /** JavaScript's heap of the page after a collection of garbage. */
  page: number;
  /** Peak of the console's process, with its engine. */
  server: number;
}

const ROOT = path.join(__dirname, '../..');

/** Notches of the wheel, and the pixels of one. */
const STEPS = 100;
const NOTCH = 120;

/** Notes times since the request of the page. It is text, because the project doesn't have the types of the DOM. */
const NOTE_ROWS = (count: number) => `
  window.times = {};
  new MutationObserver(() => {
    const table = document.querySelector('[role=table]');
    if (!table?.querySelector('.body .row')) return;
    times.firstRow ??= performance.now();
    if (Number(table.ariaRowCount) === ${count + 1}) times.allRows ??= performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true });
`;

/** A task after the next frame: what was changed before is drawn. */
const DRAWN = 'new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))';

const SCROLL = `(async () => {
  const box = document.querySelector('.table .body');
  const took = [];
  box.scrollTop = box.scrollHeight / 2;
  await ${DRAWN};
  for (let step = 0; step <= ${STEPS}; step++) {
    const before = performance.now();
    box.scrollTop += ${NOTCH};
    await ${DRAWN};
    took.push(performance.now() - before);
  }
  return took;
})()`;

/** Every tenth run failed, and has this name. */
const FILTER = `(async () => {
  const input = document.querySelector('#search');
  const before = performance.now();
  input.value = 'text.jpg';
  input.dispatchEvent(new Event('input', { bubbles: true }));
  await ${DRAWN};
  const took = performance.now() - before;
  if (!document.querySelector('.count').textContent.includes(' of ')) throw new Error('Nothing was filtered');
  return took;
})()`;

export async function visit(browser: Browser, dataDir: string, count: number): Promise<Visit> {
  const { child, address } = await serve(dataDir);
  const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  try {
    await page.addInitScript(NOTE_ROWS(count));
    await page.goto(address);
    await until(page, 'times.allRows !== undefined');
    const { firstRow, allRows } = await page.evaluate<Pick<Visit, 'firstRow' | 'allRows'>>('times');
    const steps = (await page.evaluate<number[]>(SCROLL)).sort((one, other) => one - other);
    const filter = await page.evaluate<number>(FILTER);
    const server = memoryOf(child.pid as number);
    return {
      firstRow,
      allRows,
      filter,
      scroll: summarize(steps).median,
      slowScroll: steps[Math.floor(0.95 * steps.length)] as number,
      page: await heapOf(page),
      server,
    };
  } finally {
    await page.close();
    child.kill('SIGINT');
    await once(child, 'exit');
  }
}

async function serve(dataDir: string) {
  const args = ['--import', 'tsx', path.join(ROOT, 'cli/main.ts'), 'console', '--data', dataDir];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [address] = /http:\S+token=\S+/.exec(line) ?? [];
    if (address) return { child, address };
  }
  throw new Error(`The console of ${dataDir} ended before it had an address`);
}

/** Playwright's own way to wait needs `eval`, which the page's policy forbids. */
async function until(page: Page, expression: string): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await page.evaluate(expression))) {
    if (Date.now() > end) throw new Error(`It never became true: ${expression}`);
    await page.waitForTimeout(20);
  }
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}
