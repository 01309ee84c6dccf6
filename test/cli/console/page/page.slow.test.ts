import type { Run, RunsPage } from '../../../../cli/console/api';
import { readHistory } from '../../../../local-aws/history';
import { picture } from '../../../fixtures/images';
import {
  alert,
  BAD,
  button,
  checkLooks,
  describeInBrowser,
  hosts,
  inView,
  open,
  openBlank,
  openRun,
  page,
  restartServer,
  row,
  rows,
  server,
  state,
  until,
  useConsole,
  workflow,
} from './console-page';

describeInBrowser('the page of the console', () => {
  useConsole();

  test('lists each run with its outcome, name, attempts and error, newest first', async () => {
    await open();
    await row('canyon.jpg').waitFor();
    const texts = await rows().allInnerTexts();
    expect(texts).toHaveLength(3);
    expect(texts[0]).toMatch(/Failed[\s\S]*\.jpg[\s\S]*UnsupportedFormat/);
    expect(texts[1]).toMatch(/Failed[\s\S]*notes\.jpg[\s\S]*UnsupportedFormat/);
    expect(texts[2]).toMatch(/Done[\s\S]*albums\/\s*canyon\.jpg[\s\S]*default[\s\S]*3/);
    const thumbnail = row('canyon.jpg').locator('img');
    expect(
      await thumbnail.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth)),
    ).toBe(200);
    expect(await page.getByRole('group', { name: 'Outcomes' }).innerText()).toMatch(
      /All 3[\s\S]*Done 1[\s\S]*Failed 2/,
    );
  });

  test('shows a run while it happens, and what came of it, without a reload', async () => {
    await open();
    await row('canyon.jpg').waitFor();
    await until("document.querySelector('.connection').dataset.state === 'live'");
    // A run may be over before a test has looked at it.
    await page.evaluate(`{
      window.seen = new Set();
      const row = () => document.querySelector('[title="live.jpg"]')?.closest('.row');
      const note = () => row() && seen.add(row().querySelector('.badge').innerText.replace(/^\\W+/, ''));
      new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
    }`);
    await workflow.upload('live.jpg', await picture());
    await row('live.jpg').filter({ hasText: 'Done' }).waitFor();
    expect(await page.evaluate('[...window.seen]')).toEqual(['Running', 'Done']);
    await row('live.jpg').locator('img').waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: /changed: .*1 done/ })
      .waitFor({ state: 'attached' });
  });

  test('filters by outcome, error and name, with an address for each', async () => {
    await open();
    await page.getByRole('link', { name: /Failed/ }).click();
    await row('canyon.jpg').waitFor({ state: 'detached' });
    expect(await rows().count()).toBe(2);
    expect(page.url()).toContain('#/?outcome=FAILED');
    await page.getByRole('searchbox').fill('NOTES');
    await until("document.querySelectorAll('.body .row').length === 1");
    expect(page.url()).toContain('text=NOTES');
    await page.reload();
    await row('notes.jpg').waitFor();
    expect(await rows().count()).toBe(1);
    await page.getByRole('link', { name: /^UnsupportedFormat/ }).click();
    await until("location.hash.includes('error=UnsupportedFormat')");
    await page.getByRole('searchbox').fill('nothing has this name');
    await page.getByRole('link', { name: 'Show all runs' }).click();
    await row('canyon.jpg').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'No run matches' }).waitFor();
  });

  test('can be used by keyboard', async () => {
    await open();
    await row('canyon.jpg').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('canyon');
    await until("document.querySelectorAll('.body .row').length === 1");
    await page.keyboard.press('Escape');
    await until("document.querySelectorAll('.body .row').length > 2");
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('j');
    await until("document.activeElement.closest('.row')?.ariaRowIndex === '3'");
    const name = await page.evaluate("document.activeElement.querySelector('.name').textContent");
    await page.keyboard.press('Enter');
    await until("document.activeElement.tagName === 'H1'");
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain(name);
    await page.keyboard.press('j');
    await until(`!document.querySelector('h1')?.innerText.includes(${JSON.stringify(name)})`);
    await page.keyboard.press('Escape');
    await row('canyon.jpg').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.getByLabel('Shortcuts of one key work').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.evaluate('scrollTo(0, 0)');
    await page.getByRole('link', { name: 'Skip to the runs' }).focus();
    await page.keyboard.press('Enter');
    await until("document.activeElement.id === 'content'");
  });

  test('shows why a run failed, state by state, with its record and its mail', async () => {
    await open();
    await openRun(BAD);
    expect(await page.locator('.reason').innerText()).toMatch(
      /^UnsupportedFormat in Validate[\s\S]*plain text/,
    );
    const graph = page.getByRole('region', { name: /Graph/ });
    expect(await graph.locator('.state[data-outcome]').count()).toBe(6);
    expect(await graph.locator('.line.taken.catch').count()).toBe(1);
    await graph.getByRole('link', { name: /^Validate, caught, UnsupportedFormat/ }).click();
    await until("location.hash.includes('state=1')");
    const validate = state('Validate');
    await validate.getByRole('heading', { name: 'Input' }).waitFor();
    await validate.getByText('object: {').first().click();
    expect(await validate.innerText()).toContain(`key: "${BAD}"`);
    expect(await validate.locator('.log').innerText()).toMatch(/ERROR UnsupportedFormat: Only JPEG/);
    const panel = (name: string) =>
      page.locator('.panel').filter({ has: page.getByRole('heading', { name }) });
    expect(await panel('Record').innerText()).toContain('status: "FAILED"');
    expect(await panel('Mail').innerText()).toMatch(
      /notes\.jpg failed: UnsupportedFormat[\s\S]*npm run replay/,
    );
    expect(await page.locator('.command').innerText()).toMatch(/npm run executions -- /);
  });

  test('tells waiting, starting and working apart, and shows the pictures over each other', async () => {
    await open();
    await openRun('canyon.jpg');
    const legend = await page.getByRole('list', { name: 'Total' }).innerText();
    expect(legend).toMatch(
      /waiting for a retry [\d,]+ ms[\s\S]*starting the function [\d,]+ ms[\s\S]*work [\d,]+ ms/,
    );
    expect(await page.locator('.timeline .bar[data-kind=wait]').count()).toBeGreaterThanOrEqual(2);
    await page.getByRole('button', { name: 'Thumbnail', exact: false }).first().click();
    expect(await state('Thumbnail').locator('.errors').innerText()).toContain('Runtime.ExitError');
    expect(await page.locator('.pictures').innerText()).toMatch(
      /Original\s+640 × 480 JPEG\s+[\d.]+ (kB|bytes)\s+thumbnail\s+200 × 150 JPEG/,
    );
    const slider = page.getByRole('slider');
    await slider.fill('20');
    const top = page.locator('.compare img').nth(1);
    expect(await top.evaluate((img: HTMLImageElement) => img.style.clipPath)).toBe('inset(0px 0px 0px 20%)');
    expect(await top.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth))).toBe(
      200,
    );
  });

  test('uploads dropped pictures with a fault injected, runs again what failed, and deletes, which it asks about', async () => {
    await open();
    await row('canyon.jpg').waitFor();
    await button('Faults').click();
    await page.getByLabel("Thumbnail's process crashes at both attempts").check();
    await page.getByText('Faults: 1 on').waitFor();
    await page.keyboard.press('Escape');

    const base64 = (await picture()).toString('base64');
    const dropped = await page.evaluateHandle(`(() => {
      const bytes = Uint8Array.from(atob('${base64}'), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'dropped.jpg', { type: 'image/jpeg' }));
      transfer.items.add(new File(['text'], 'notes.md', { type: 'text/markdown' }));
      return transfer;
    })()`);
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });
    await page.getByLabel('Into the folder').fill('albums/new');
    await button('Upload 2 pictures').click();
    await page.getByText('Not uploaded: the workflow starts only for names that end in').waitFor();
    const item = page.getByRole('dialog').getByRole('listitem').filter({ hasText: 'dropped.jpg' });
    await item.getByText('Failed').waitFor();
    await item.getByRole('link', { name: 'Open the run' }).click();
    await page.keyboard.press('Escape');
    await page.getByText(/Runtime.ExitError in Thumbnail after 2 attempts/).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toMatch(/albums\/new\/\s*dropped\.jpg/);

    // It has happened twice, as often as it says.
    await button('Faults').click();
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
    await page.getByLabel('DynamoDB throttles twice').check();
    await page.getByText('Faults: 1 on').waitFor();
    await button('Clear all').click();
    await button('Done').click();
    await button('Faults').waitFor();
    await button('Run again').click();
    const same = page.getByRole('navigation', { name: 'Runs of this file' });
    await same.getByText('Done').click();
    await page.locator('.run-head').getByText('Done').waitFor();

    await button('Delete …').click();
    const dialog = page.getByRole('dialog', { name: 'Delete the original?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await button('Delete …').click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await same.getByText('Removed').waitFor();
  });

  test('imports what AWS answers about a run, and says what is wrong with another file', async () => {
    const execution = workflow.ended.find(({ error }) => error !== undefined)!;
    // As `aws logs filter-log-events` prints it, of an account that is not this one.
    const elsewhere = execution.executionArn
      .replaceAll('000000000000', '111122223333')
      .replace(execution.id, 'from-aws');
    const events = readHistory(workflow.dataDir, execution.executionArn).map((event) => ({
      logStreamName: 'states/thumbnail-workflow/2026-11-29/1',
      timestamp: Number(event.event_timestamp),
      message: JSON.stringify({ ...event, execution_arn: elsewhere }),
    }));
    const file = (text: string) => ({
      name: 'run.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    });
    await open();
    await button('Import').click();
    const input = page.getByLabel('Choose a file, or drop it here');
    await input.setInputFiles(file('hello'));
    await page.getByText(/Expected the history of a run/).waitFor();
    await input.setInputFiles(file(JSON.stringify({ events })));
    await page.getByText('imported history').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('.jpg');
    expect(await page.locator('.reason').innerText()).toMatch(/^UnsupportedFormat in Validate/);
    expect(await button('Run again').count()).toBe(0);
    // The terminal doesn't have this run.
    expect(await page.locator('.command').count()).toBe(0);
  });

  test('keys can neither inject elements nor disguise themselves', async () => {
    await open();
    await row('onerror').waitFor();
    const check = async () => {
      expect(await page.locator('img[src=x]').count()).toBe(0);
      const text = (await page.locator('body').innerText()) + (await page.title());
      expect(text).not.toMatch(/[\p{Bidi_Control}\u200b]/u);
      expect(text).not.toContain('\u0007');
      expect(text).toContain('\\u202egpj.exe\\u0007 <img src=x onerror=document.title=1>');
    };
    await check();
    await openRun('onerror');
    for (const each of await page.locator('details.visit > summary').all()) {
      await each.click();
      await check();
    }
  });

  test.each([
    ['light', 360],
    ['dark', 360],
    ['light', 1_440],
    ['dark', 2_560],
  ] as const)('has no violation of axe-core and no sideways scrolling, %s, %d wide', checkLooks);

  test('with ten thousand runs, only the rows in view exist, and what one reads stays in place while runs arrive above it', async () => {
    const COUNT = 10_000;
    await open();
    await row('canyon.jpg').first().waitFor();
    const address = new URL('/api/runs?limit=1', server.address).href;
    const [one] = ((await (await page.request.get(address)).json()) as RunsPage).runs as [Run];
    const many = Array.from({ length: COUNT }, (_, index) => ({
      ...one,
      id: `many-${index}`,
      object: { bucket: 'uploads', key: `many/${index}.jpg` },
      startedAt: one.startedAt - index * 1_000,
    }));
    await page.route('**/api/runs?*', (route) => {
      const limit = Number(new URL(route.request().url()).searchParams.get('limit'));
      return route.fulfill({ json: { runs: many.slice(0, limit), more: limit < COUNT } });
    });
    await page.reload();
    await until(`document.querySelector('[role=table]')?.ariaRowCount === '${COUNT + 1}'`);

    const box = page.locator('.table .body');
    for (const part of [0, 0.5, 1]) {
      await box.evaluate((element, at) => {
        element.scrollTop = at * element.scrollHeight;
      }, part);
      const first = Math.max(1, Math.round(part * (COUNT - 1)));
      await page.locator(`.row[aria-rowindex="${first + 1}"]`).waitFor();
      expect(await rows().count()).toBeLessThan(60);
    }
    expect(await rows().last().innerText()).toContain('9999.jpg');
    await page.keyboard.press('j');
    await until("document.activeElement.closest('.row')?.ariaRowIndex === '2'");

    await until("document.querySelector('.connection').dataset.state === 'live'");
    await box.evaluate((element) => {
      element.scrollTop = 4_003;
    });
    const read = row('/104.jpg').or(row('many/104.jpg'));
    await read.first().waitFor();
    const before = await inView(read.first());
    await workflow.upload(`arrival-${Date.now()}.jpg`, await picture());
    await button(/^↑ 1 new run$/).waitFor();
    expect(await inView(read.first())).toBe(before);
    await button(/^↑ 1 new run$/).click();
    await row('arrival-').waitFor();
  });

  test('is less than 150 KB of script', async () => {
    await openBlank();
    const sizes: Promise<number>[] = [];
    page.on('response', (response) => {
      hosts.add(new URL(response.url()).host);
      if (response.headers()['content-type']?.startsWith('text/javascript'))
        sizes.push(response.body().then(({ length }) => length));
    });
    await page.goto(server.address);
    await row('canyon.jpg').waitFor();
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(sizes.length).toBeGreaterThan(20);
    expect(total).toBeLessThan(150_000);
  });

  test('says that it lost the console, and reconnects by itself', async () => {
    await openBlank();
    await page.route('**/api/{live,console}', (route) => route.abort());
    await page.goto(server.address);
    await alert().filter({ hasText: 'reconnects by itself' }).waitFor();
    await page.unroute('**/api/{live,console}');
    await row('canyon.jpg').waitFor();
    await until("document.querySelector('.connection').innerText === 'Live'");
    expect(await alert().innerText()).toBe('');

    // Another console on the same port has another token, which only its terminal knows.
    await restartServer(() => alert().filter({ hasText: 'reconnects by itself' }).waitFor());
    await alert().filter({ hasText: 'Open the address that the terminal has printed' }).waitFor();
  });
});
