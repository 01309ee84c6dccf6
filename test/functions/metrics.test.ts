import type { ObjectEvent } from '../../contract/event';
import { Cloud } from '../order/cloud';
import { type Content, makeContents } from '../order/contents';
import type { Perform } from '../order/machine';
import { type Operation, World } from '../order/world';
import { captureMetrics } from './emitted';

const written = captureMetrics('pics');

let cloud: Cloud;
let contents: Record<Content, Buffer>;
beforeAll(async () => {
  contents = await makeContents();
  cloud = await Cloud.open();
});
afterAll(() => cloud?.close());

const newWorld = () =>
  new World(cloud, contents, true, () => {
    throw new Error('Expected nothing in the backlog');
  });

async function perform(world: World, operation: Operation): Promise<ObjectEvent> {
  return (await world.perform(operation)) as ObjectEvent;
}

const put = (content: Content): Operation => ({ do: 'put', key: 'a', content });

/** What was measured, without the sizes, which depend on the codec. */
const measured = () => written.take().map((metric) => metric.replace(/\d+ Bytes$/, 'n Bytes'));

const GOOD = [
  'Uploads{Workflow=pics} 1 Count',
  'SourceBytes{Workflow=pics} n Bytes',
  'Thumbnails{Workflow=pics} 2 Count',
  'ThumbnailBytes{Workflow=pics} n Bytes',
  'Done{Workflow=pics} 1 Count',
  'Failed{Workflow=pics} 0 Count',
];

test('an image counts once on its way, with its two thumbnails', async () => {
  const world = newWorld();
  await world.deliver(await perform(world, put('red jpeg')));
  expect(measured()).toEqual(GOOD);
});

test('a second delivery of the event counts nothing', async () => {
  const world = newWorld();
  const event = await perform(world, put('red jpeg'));
  await world.deliver(event);
  measured();
  await world.deliver(event);
  expect(measured()).toEqual([]);
});

test('a state that runs again because its answer was lost counts nothing more', async () => {
  const world = newWorld();
  const lost = new Set<string>();
  const losing: Perform = async (resource, parameters) => {
    const answer = await world.task(resource, parameters);
    if (lost.has(resource)) return answer;
    lost.add(resource);
    throw Object.assign(new Error('the connection was lost'), { name: 'Lambda.SdkClientException' });
  };
  await world.deliver(await perform(world, put('red jpeg')), losing);
  expect([...lost]).toEqual(['validate', 'thumbnail', 'storeMetadata', 'notify']);
  expect(measured()).toEqual(GOOD);
});

test('a failure that is handled again because the answer was lost counts once', async () => {
  const world = newWorld();
  let lost = false;
  const losing: Perform = async (resource, parameters) => {
    const answer = await world.task(resource, parameters);
    if (resource !== 'quarantine' || lost) return answer;
    lost = true;
    throw Object.assign(new Error('the connection was lost'), { name: 'Lambda.SdkClientException' });
  };
  await world.deliver(await perform(world, put('text')), losing);
  expect(lost).toBe(true);
  expect(measured()).toEqual([
    'Failed{Workflow=pics} 1 Count',
    'Failed{Workflow=pics,Error=UnsupportedFormat} 1 Count',
  ]);
});

test("an image that passes Validate but can't be decoded counts as accepted, read and failed", async () => {
  const world = newWorld();
  await world.deliver(await perform(world, put('broken png')));
  expect(measured()).toEqual([
    'Uploads{Workflow=pics} 1 Count',
    'SourceBytes{Workflow=pics} n Bytes',
    'Failed{Workflow=pics} 1 Count',
    'Failed{Workflow=pics,Error=CorruptImage} 1 Count',
  ]);
});

test('an event that a newer one has overtaken counts as superseded, and not as a failure', async () => {
  const world = newWorld();
  const late = await perform(world, put('red jpeg'));
  await world.deliver(await perform(world, put('blue jpeg')));
  measured();
  await world.deliver(late);
  expect(measured()).toEqual(['Superseded{Workflow=pics} 1 Count']);
});

test('an image that is done, but whose notification failed, counts as done and as a failure', async () => {
  const world = newWorld();
  const mute: Perform = async (resource, parameters) => {
    if (resource !== 'notify') return world.task(resource, parameters);
    throw Object.assign(new Error('not authorized'), { name: 'AuthorizationErrorException' });
  };
  await world.deliver(await perform(world, put('red jpeg')), mute);
  expect(measured()).toEqual([
    ...GOOD,
    'Failed{Workflow=pics} 1 Count',
    'Failed{Workflow=pics,Error=AuthorizationErrorException} 1 Count',
  ]);
});
