import { type Erasure, erase, finish } from '../../../cli/erase/erase';
import { deployedHint } from '../../../cli/lib/hint';
import { withLatePorts } from '../../functions/late-calls';
import { KEY, World } from './world';

const eraseIn = (world: World) => erase(KEY, world, { patience: 1_000, clock: world.clock });

async function eraseAll(world: World): Promise<Erasure> {
  const erasure = await eraseIn(world);
  await finish(erasure, world, deployedHint);
  return erasure;
}

/** An image that was uploaded twice, with a copy in quarantine. */
function uploadedTwice(isVersioned = true): World {
  const world = new World(isVersioned);
  world.upload();
  world.copy();
  world.upload();
  return world;
}

test('the workflow sees a deletion first, the marker that hides versions goes after them, and the record last', async () => {
  const world = uploadedTwice();
  const erasure = await eraseAll(world);
  expect(erasure).toMatchObject({ originals: 2, thumbnails: 1, copies: 1, record: true, left: [] });
  expect(erasure).not.toHaveProperty('uploadedAgain');
  expect([world.versions, world.record_]).toEqual([[], null]);
  expect(world.calls.filter((call) => /^(hide|remove)/.test(call))).toEqual([
    'hide',
    'remove thumbnails',
    'remove quarantine',
    'remove uploads',
    'remove uploads',
    'remove uploads marker',
    'remove record',
  ]);
});

test('in a bucket without versions, the deletion is all there is to do to the original', async () => {
  const world = uploadedTwice(false);
  expect(await eraseAll(world)).toMatchObject({ originals: 1, thumbnails: 1, record: true, left: [] });
  expect([world.versions, world.record_]).toEqual([[], null]);
});

test('every effect is waited for', async () => {
  const world = uploadedTwice();
  const erasure = await withLatePorts(world, (ports) =>
    erase(KEY, ports, { patience: 1_000, clock: world.clock }),
  );
  await withLatePorts(world, (ports) => finish(erasure, ports, deployedHint));
  expect([world.versions, world.record_]).toEqual([[], null]);
});

test('after an end at any call, erasing again leaves nothing, and no version was there to see meanwhile', async () => {
  const calls = await (async () => {
    const world = uploadedTwice();
    await eraseAll(world);
    return world.calls;
  })();
  expect(calls.length).toBeGreaterThan(15);
  for (let n = 0; n < calls.length; n++) {
    const world = uploadedTwice();
    world.before = () => {
      if (world.calls.length === n) throw new Error('the network is down');
    };
    await expect(eraseAll(world)).rejects.toThrow('the network is down');
    const wasHidden = world.calls.includes('hide');
    const visible = world.in('uploads').filter(({ isLatest, isMarker }) => isLatest && !isMarker);
    expect(visible).toHaveLength(wasHidden ? 0 : 1);
    world.before = () => {};
    expect(await eraseAll(world)).toMatchObject({ left: [] });
    expect([n, world.versions, world.record_]).toEqual([n, [], null]);
  }
});

describe('a new upload in the meantime', () => {
  /** Uploads once before the nth call of a name. */
  const uploadBefore = (world: World, name: string, nth = 1) => {
    let seen = 0;
    world.before = (call) => {
      if (call === name && ++seen === nth) world.upload();
    };
  };

  test('before the deletion is erased with the rest', async () => {
    const world = uploadedTwice();
    uploadBefore(world, 'hide');
    expect(await eraseAll(world)).toMatchObject({ originals: 3, left: [] });
    expect([world.versions, world.record_]).toEqual([[], null]);
  });

  test.each([true, false])(
    'after it stays, with what is made from it: in a bucket with versions: %s',
    async (isVersioned) => {
      const world = uploadedTwice(isVersioned);
      // The second look: after the deletion, before anything else is removed.
      uploadBefore(world, 'made', 2);
      const erasure = await eraseAll(world);
      expect(erasure).toMatchObject({ uploadedAgain: expect.any(Date), record: false, left: [] });
      const [original, ...more] = world.in('uploads').filter(({ isMarker }) => !isMarker);
      expect([original?.isLatest, more]).toEqual([true, []]);
      expect(world.in('thumbnails')).toHaveLength(1);
      expect(world.in('quarantine')).toEqual([]);
      expect(world.record_).toMatchObject({ status: 'DONE' });
    },
  );

  test('before its record would go stays, too', async () => {
    const world = uploadedTwice();
    const erasure = await eraseIn(world);
    world.upload();
    await finish(erasure, world, deployedHint);
    expect(erasure).toMatchObject({ uploadedAgain: expect.any(Date), record: false });
    expect([world.in('uploads').length, world.in('thumbnails').length]).toEqual([1, 1]);
    expect(world.record_).toMatchObject({ status: 'DONE' });
  });

  test('while its record goes keeps its own', async () => {
    const world = uploadedTwice();
    uploadBefore(world, 'remove record');
    expect(await eraseAll(world)).toMatchObject({ uploadedAgain: expect.any(Date), record: false });
    expect(world.record_).toMatchObject({ status: 'DONE' });
  });
});

test('while a version can not be removed, the marker hides it, and the record stays', async () => {
  const world = uploadedTwice();
  const [first] = world.in('uploads');
  world.locked.add(first!.id);
  const erasure = await eraseAll(world);
  expect(erasure).toMatchObject({
    originals: 1,
    record: false,
    left: [{ what: `version ${first!.id} of s3://uploads/a.jpg`, why: 'locked' }],
  });
  expect(world.in('uploads').map(({ isMarker, isLatest }) => [isMarker, isLatest])).toEqual([
    [false, false],
    [true, true],
  ]);
  expect(world.record_).toMatchObject({ status: 'DELETED' });
  world.locked.clear();
  expect(await eraseAll(world)).toMatchObject({ originals: 1, record: true, left: [] });
  expect(world.versions).toEqual([]);
});

test('what can not be removed from quarantine is named once, and is no longer once it is gone', async () => {
  const world = uploadedTwice();
  const [copy] = world.in('quarantine');
  world.locked.add(copy!.id);
  const erasure = await eraseIn(world);
  expect(erasure.left).toHaveLength(1);
  world.locked.clear();
  await finish(erasure, world, deployedHint);
  expect(erasure).toMatchObject({ copies: 1, record: true, left: [] });
});

test('if the workflow does not follow the deletion, everything else goes, and the record is named', async () => {
  const world = uploadedTwice();
  world.isFollowed = false;
  const erasure = await eraseAll(world);
  expect(world.clock.now()).toBe(1_000);
  expect(erasure).toMatchObject({ record: false, left: [{ what: 'the record of a.jpg' }] });
  expect(erasure.left[0]?.why).toContain('npm run redrive');
  expect(world.versions).toEqual([]);
  expect(world.record_).toMatchObject({ status: 'DONE' });
});

test('a thumbnail that a run has left is removed before the record', async () => {
  const world = uploadedTwice();
  const erasure = await eraseIn(world);
  world.versions.push({
    ...world.versions[0]!,
    bucket: 'thumbnails',
    key: 'a.jpg/late.jpg',
    id: 'null',
    isMarker: false,
    isLatest: true,
    modified: new Date(0),
  });
  await finish(erasure, world, deployedHint);
  expect(erasure).toMatchObject({ thumbnails: 2, record: true });
  expect(world.versions).toEqual([]);
});
