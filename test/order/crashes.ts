import type { ObjectEvent } from '../../contract/event';
import { type Around, Cloud, watched } from './cloud';
import { type Content, makeContents } from './contents';
import { assertConvergence, thumbnailsOf } from './expectations';
import type { Perform } from './machine';
import { type Operation, type Subject, World } from './world';

let cloud: Cloud;
let contents: Record<Content, Buffer>;

const put = (content: Content): Operation => ({ do: 'put', key: 'a', content });
const remove: Operation = { do: 'delete', key: 'a' };
const purge: Operation = { do: 'purge', key: 'a', nth: 0 };

/** The operations on the object. The execution of the last one is disturbed. */
const paths: [string, Operation[]][] = [
  ['an upload', [put('red jpeg')]],
  ['an overwrite by another format', [put('red png'), put('red jpeg')]],
  ['an upload of a file that is not an image', [put('text')]],
  ['an overwrite by what cannot be decoded', [put('red jpeg'), put('broken png')]],
  ['a deletion', [put('red jpeg'), remove]],
  ['a deletion that brings a version back', [put('red jpeg'), put('red png'), purge]],
];

/** Calls that change something if they succeed. */
const EFFECTS = ['PutObject', 'DeleteObject', 'CopyObject', 'UpdateItem', 'Publish', 'SendMessage'];

/** Never settles, like a call whose caller has died. */
const silence = () => new Promise<never>(() => {});

/**
 * Kills a task right after the n-th effect of its execution. The effect lasts, and nothing happens after it.
 *
 * @param died called when that happens; its result becomes the task's result
 */
function killAfter(nth: number, perform: Perform, died: () => Promise<never>): Perform {
  let effects = 0;
  return (callee, input) =>
    new Promise((resolve, reject) => {
      let dead = false;
      const work = () => perform(callee, input);
      watched(async (command, call) => {
        if (dead) return silence();
        const answer = await call();
        if (EFFECTS.includes(command) && ++effects === nth) {
          dead = true;
          died().catch(reject);
        }
        return dead ? silence() : answer;
      }, work).then(resolve, reject);
    });
}

/** One object, and its history up to the disturbed event. */
class Scene {
  private readonly queue: ObjectEvent[] = [];
  readonly world = new World(cloud, contents, true, (event) => this.queue.push(event));

  /** Runs everything in order. @returns the event of the last operation, still to be delivered */
  async prepare(operations: Operation[]): Promise<ObjectEvent> {
    const [last, ...before] = [...operations].reverse() as [Operation, ...Operation[]];
    for (const operation of before.reverse()) {
      await this.world.deliver((await this.world.perform(operation)) as ObjectEvent);
    }
    cloud.takeMessages();
    return (await this.world.perform(last)) as ObjectEvent;
  }

  /**
   * @returns the final record and thumbnails, described so that scenes can be compared
   * @throws if they don't match what S3 holds, or subscribers got no message, or messages about more than one outcome
   */
  async end(): Promise<string> {
    for (let event = this.queue.shift(); event; event = this.queue.shift()) await this.world.deliver(event);
    const told = cloud.takeMessages();
    await assertConvergence(this.world, told);
    expect(new Set(told.map(({ dedupeId }) => dedupeId)).size).toBeLessThanOrEqual(1);

    const [subject] = this.world.subjects.values() as Iterable<Subject> as [Subject];
    const { bucket } = this.world;
    const record = await cloud.records.find({ bucket, key: subject.key });
    const times = { execution: '', startedAt: '', updatedAt: '', expiresAt: '' };
    const left = {
      record: { ...record, ...times, thumbnailKeys: [...(record?.thumbnailKeys ?? [])].sort() },
      thumbnails: await thumbnailsOf(this.world, subject.key),
    };
    const names = [
      this.world.prefix,
      ...subject.versions.flatMap(({ id, sequencer }) => [id as string, sequencer]),
      ...subject.deletions,
      record?.version as string,
    ];
    return names.reduce((text, name, n) => text.replaceAll(name, `<${n}>`), JSON.stringify(left, null, 2));
  }
}

/** Declares the tests. @param step 1 to kill it after each effect in turn, 2 after every second one, and so on */
export function testCrashes(step: number): void {
  /** How many tests there were. Each begins after another effect, so that together they cover the first of them. */
  let begun = 0;
  beforeAll(async () => {
    contents = await makeContents();
    cloud = await Cloud.open();
  });
  afterAll(() => cloud?.close());

  describe.each(paths)('%s, killed after each of its effects,', (_, operations) => {
    let undisturbed: string;
    let effects = 0;
    beforeAll(async () => {
      const scene = new Scene();
      const count: Around = async (command, call) => {
        const answer = await call();
        if (EFFECTS.includes(command)) effects++;
        return answer;
      };
      const perform: Perform = (callee, input) => watched(count, () => scene.world.task(callee, input));
      await scene.world.deliver(await scene.prepare(operations), perform);
      undisturbed = await scene.end();
    });

    /** @param follow delivers the event, and tells whether its execution was killed */
    async function killAfterEach(
      follow: (scene: Scene, event: ObjectEvent, nth: number) => Promise<boolean>,
    ): Promise<void> {
      expect(effects).toBeGreaterThan(0);
      for (let nth = 1 + (begun++ % Math.min(step, effects)); nth <= effects; nth += step) {
        const scene = new Scene();
        expect(await follow(scene, await scene.prepare(operations), nth)).toBe(true);
        expect({ nth, end: await scene.end() }).toEqual({ nth, end: undisturbed });
      }
    }

    test('ends as if nothing had happened when Step Functions tries again', async () => {
      await killAfterEach(async ({ world }, event, nth) => {
        let killed = false;
        const died = async () => {
          killed = true;
          throw Object.assign(new Error('exit status 137'), { name: 'Runtime.ExitError' });
        };
        await world.deliver(event, killAfter(nth, world.task, died));
        return killed;
      });
    });

    test('ends as if nothing had happened when the execution dies with it and the event comes again', async () => {
      await killAfterEach(async ({ world }, event, nth) => {
        const killed = await new Promise<boolean>((resolve, reject) => {
          const died = () => {
            resolve(true);
            world.abandon();
            return silence();
          };
          world.deliver(event, killAfter(nth, world.task, died)).then(() => resolve(false), reject);
        });
        if (killed) await world.deliver(event);
        return killed;
      });
    });
  });
}
