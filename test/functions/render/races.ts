import assert from 'node:assert/strict';
import type { ObjectEvent } from '../../../contract/event';
import { lazyHash } from '../../../functions/lib/image/presets';
import { versionOf } from '../../../functions/lib/image/thumbnail-url';
import { type Content, REFUSED } from '../../order/contents';
import { thumbnailsOf } from '../../order/expectations';
import type { World } from '../../order/world';
import { type Endpoint, happen, heldUp, openEndpoint, PRESET, picture, put, remove } from './endpoint';

let endpoint: Endpoint;

const LAZY = PRESET.variants[1] as (typeof PRESET.variants)[number];
const keyOf = (world: World) => `${world.prefix}a.jpg`;
const ask = (world: World, file = 'large.jpg') => endpoint.get(`${keyOf(world)}/${file}`);

/**
 * What must be true in the end: there are only thumbnails of the current version, all of them are recorded, and the URLs in
 * the record show that version.
 */
async function assertInOrder(world: World): Promise<void> {
  const key = keyOf(world);
  const content = world.subjects.get(key)?.versions[0]?.content as Content | null;
  const record = await endpoint.cloud.records.find({ bucket: world.bucket, key });
  const stored = await thumbnailsOf(world, key);
  if (!content || REFUSED[content]) {
    assert.equal(record?.status, content ? 'FAILED' : 'DELETED');
    assert.deepEqual(stored, []);
    assert.equal((await ask(world)).statusCode, 404);
    return;
  }
  assert.equal(record?.status, 'DONE');
  const listed = record.thumbnails?.map((thumbnail) => thumbnail.key) ?? [];
  for (const thumbnail of stored) {
    assert.equal(thumbnail.sequencer, record.sequencer, `${thumbnail.key} is of another version`);
    assert.ok(listed.includes(thumbnail.key as string), `${thumbnail.key} is not listed`);
  }
  const [colour, format] = content.split(' ') as [string, string];
  const all = [...(record.thumbnails ?? []), ...(record.onRequest ?? [])];
  assert.deepEqual(all.map(({ variant }) => variant).sort(), ['large', 'small', 'web']);
  const lazy = all.find(({ variant }) => variant === LAZY.name);
  const version = versionOf(
    { version: record.version, etag: record.etag as string },
    lazyHash(LAZY, '#ffffff'),
  );
  assert.equal(lazy?.url?.split('?v=')[1], version);
  const answer = await endpoint.get(lazy.key);
  assert.equal(answer.statusCode, 200, answer.body);
  assert.equal(await picture(answer), `${colour} ${format} 6x5`);
}

/** 1 to hold something up at each of its calls, 2 for every second one, and so on. */
let step = 1;
/** How many races there were. Each begins at another call, so that together they hold up each of the first calls. */
let races = 0;

/** Holds up `one` at its calls in turn, until `other` has happened. */
async function race(
  before: (world: World) => Promise<unknown>,
  one: (world: World) => Promise<unknown>,
  other: (world: World) => Promise<unknown>,
  after: (world: World) => Promise<unknown> = async () => {},
): Promise<number> {
  for (let n = races++ % step; ; n += step) {
    const world = endpoint.world();
    await before(world);
    const reached = await heldUp(
      n,
      () => one(world),
      () => other(world),
    );
    try {
      await after(world);
      await assertInOrder(world);
    } catch (error) {
      throw Object.assign(error as Error, { message: `Held up at call ${n}: ${(error as Error).message}` });
    }
    if (!reached) return n;
  }
}

/** No recorded URL may ever show an earlier version, because caches would keep it forever. */
async function assertNoneStale(world: World): Promise<undefined> {
  const key = keyOf(world);
  const record = await endpoint.cloud.records.find({ bucket: world.bucket, key });
  if (record?.status !== 'DONE') return;
  const told = [...(record.thumbnails ?? []), ...(record.onRequest ?? [])].map((one) => one.key);
  for (const { key, sequencer } of await thumbnailsOf(world, keyOf(world))) {
    if (told.includes(key as string))
      assert.equal(sequencer, record.sequencer, `${key} is of another version`);
  }
}

const uploaded = (world: World) => happen(world, put('red jpeg'));
const replaced = (world: World) => happen(world, put('blue jpeg'));
const deleted = (world: World) => happen(world, remove);

/** Declares the tests. @param every 1 to hold something up at each of its calls, 2 for every second one, and so on */
export function testRaces(every: number): void {
  beforeAll(async () => {
    endpoint = await openEndpoint('versioned');
    step = every;
  });
  afterAll(() => endpoint?.cloud.close());

  describe('wherever a first request is delayed, everything ends in order if in the meantime', () => {
    test.each<[string, (world: World) => Promise<unknown>]>([
      ['the image is replaced', replaced],
      ['it is deleted', deleted],
      ['another viewer requests another variant', (world) => ask(world, 'web.webp')],
      ['it is run again', (world) => world.deliver(world.executions[0]?.input as never)],
    ])('%s', async (_, meanwhile) => {
      expect(await race(uploaded, ask, meanwhile)).toBeGreaterThan(5);
    });

    test('the event of the image arrives, which had no record', async () => {
      const events = new Map<World, ObjectEvent>();
      const arrives = async (world: World) => {
        events.set(world, (await world.perform(put('red jpeg'))) as ObjectEvent);
      };
      const isTold = (world: World) => world.deliver(events.get(world) as ObjectEvent);
      expect(await race(arrives, ask, isTold, isTold)).toBeGreaterThan(5);
    });
  });

  test('wherever a first request dies, everything is in order once the image is replaced', async () => {
    const dies = async (world: World) => {
      jest.spyOn(console, 'error').mockImplementation();
      await ask(world);
      jest.restoreAllMocks();
    };
    const end = () => Promise.reject(new Error('Killed'));
    expect(await race(uploaded, dies, end, replaced)).toBeGreaterThan(5);
  });

  describe('wherever a run of the workflow is delayed, everything ends in order if a variant is requested in the meantime', () => {
    test.each<[string, (world: World) => Promise<unknown>]>([
      ['and the image is replaced', replaced],
      ['and it is deleted', deleted],
    ])('%s', async (_, run) => {
      expect(await race(uploaded, run, ask)).toBeGreaterThan(3);
    });
  });

  test('while an image is replaced, no URL in its record ever shows the earlier one', async () => {
    const viewed = async (world: World) => {
      await uploaded(world);
      await ask(world);
    };
    // Thrown in between, an error would count as one of the workflow's.
    let stale: Error | undefined;
    const look = async (world: World) => {
      stale = await assertNoneStale(world).catch((error: Error) => error);
    };
    const judge = async () => {
      if (stale) throw stale;
    };
    expect(await race(viewed, replaced, look, judge)).toBeGreaterThan(10);
  });
}
