import { setTimeout as sleep } from 'node:timers/promises';
import { picture } from '../fixtures/images';
import { pathOf, Workflow } from './workflow';

/**
 * Uploads many images at once to a thumbnail function that handles one at a time.
 *
 * @param images how many
 * @param waiting how many of the executions go to the backlog, at least
 */
export function testOverload(images: number, waiting: number): void {
  const KEYS = Array.from({ length: images }, (_, index) => `burst/${index}.jpg`);
  const OVERWRITTEN = KEYS.slice(0, images / 3);

  let workflow: Workflow;
  let uploads: { key: string; version: string }[];

  beforeAll(async () => {
    workflow = await Workflow.start({
      settings: {
        notifications: { processed: ['done@example.com'], errors: ['failed@example.com'] },
        functions: { thumbnail: { reservedConcurrency: 1 } },
        backlog: { concurrency: 2 },
      },
      waitScale: 0.01,
      // All of them at once, as EventBridge may deliver them.
      concurrency: 100,
    });
    const pictures = await Promise.all([300, 400].map((width) => picture({ width, height: 200 })));
    const upload = async (key: string, index: number) => ({
      key,
      version: await workflow.upload(key, pictures[index] as Buffer),
    });
    uploads = [
      ...(await Promise.all(KEYS.map((key) => upload(key, 0)))),
      ...(await Promise.all(OVERWRITTEN.map((key) => upload(key, 1)))),
    ];
    // Some events arrive again in the meantime.
    while (workflow.ended.length < KEYS.length) await sleep(20);
    await Promise.all(
      workflow.ended.slice(0, KEYS.length).map((execution) => workflow.deliverAgain(execution)),
    );
    await workflow.idle();
  });

  afterAll(() => workflow?.end());

  test('of a burst of many times the capacity, with duplicates, much waits in the backlog first', () => {
    const paths = workflow.ended.map((execution) => pathOf(workflow.summary(execution)).at(-1));
    expect(paths.length).toBeGreaterThanOrEqual(uploads.length + KEYS.length);
    expect(paths.filter((last) => last === 'SendToBacklog').length).toBeGreaterThan(waiting);
  });

  test('every picture ends DONE, as the newest version of its object', async () => {
    for (const key of KEYS) {
      const newest = uploads.findLast((upload) => upload.key === key);
      const record = await workflow.record(key);
      expect(record).toMatchObject({
        status: 'DONE',
        version: newest?.version,
        image: { width: OVERWRITTEN.includes(key) ? 400 : 300 },
      });
      const thumbnail = await workflow.object('thumbnails', `${key}/thumbnail.jpg`);
      expect(thumbnail.Metadata?.['source-version']).toBe(newest?.version);
    }
  });

  test('each is announced with one id, however often, and no failure is reported', async () => {
    const told = await workflow.told('processed');
    const versions = told.map(({ source }) => source.version);
    // Two concurrent executions for one version may both publish. Subscribers recognize the repeat by its id.
    expect(new Set(told.map(({ dedupeId }) => dedupeId)).size).toBe(new Set(versions).size);
    for (const key of KEYS) {
      expect(versions).toContain(uploads.findLast((upload) => upload.key === key)?.version);
    }
    expect(await workflow.told('errors')).toEqual([]);
    expect((await workflow.mail()).filter(({ to }) => to === 'failed@example.com')).toEqual([]);
    expect(await workflow.keys('quarantine')).toEqual([]);
  });

  test('the backlog is empty in the end, and nothing went to the failure queue', async () => {
    expect(await workflow.messages('backlog')).toBe(0);
    expect(await workflow.messages('failures')).toBe(0);
  });
}
