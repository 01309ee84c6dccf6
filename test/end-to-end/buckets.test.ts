import {
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { openSession } from '../../cli/lib/session';
import { Follower, identityOf } from '../../cli/process/follow';
import type { Gate } from '../../local-aws/service';
import { noise, picture } from '../fixtures/images';
import sharp from '../fixtures/sharp';
import { inOrder } from './in-order';
import { withoutVersion } from './permissions/support';
import { pathOf, Workflow, type WorkflowOptions } from './workflow';

const SUCCESS = ['Validate', 'Thumbnail', 'StoreMetadata', 'Notify'];
const FAILURE = ['Validate', 'Quarantine', 'NotifyFailure', 'Failed'];

let workflow: Workflow;
afterAll(() => workflow?.end());

/** For the tests of one block: stops the workflow that runs and starts another one. */
function startWith(settings: object, options: WorkflowOptions = {}): void {
  beforeAll(async () => {
    await workflow?.end();
    workflow = await Workflow.start({ settings, ...options });
  });
}

const under = async (bucket: 'uploads' | 'thumbnails', prefix: string) =>
  (await workflow.keys(bucket)).filter((key) => key.startsWith(prefix));

/** What the bucket's policies on objects denied, and what they allow although nobody needed it. */
const objectGrants = () => {
  const { denied, unneeded } = workflow.permissions;
  const objects = `arn:aws:s3:::${workflow.bucket('uploads')}/`;
  return { denied, unneeded: unneeded.filter(({ resource }) => resource?.startsWith(objects)) };
};

/** An image whose first 128 KB aren't enough to judge it. */
const large = () => noise('gif', 640, 480);

describe('an existing bucket without versioning', () => {
  const step = inOrder();
  /** Happens once, just before Thumbnail's first read. */
  let beforeThumbnailReads: (() => Promise<unknown>) | undefined;
  const gate: Gate = async ({ principal, action }) => {
    if (action !== 's3:GetObject' || !principal.arn.includes('-thumbnail-')) return;
    const act = beforeThumbnailReads;
    beforeThumbnailReads = undefined;
    await act?.();
  };
  startWith(
    { uploads: { existingBucket: 'photos' }, notifications: { errors: ['failed@example.com'] } },
    { gate },
  );

  const turnVersions = (Status: 'Enabled' | 'Suspended') =>
    workflow.s3.send(
      new PutBucketVersioningCommand({ Bucket: 'photos', VersioningConfiguration: { Status } }),
    );

  step('is used as it is', async () => {
    expect(workflow.bucket('uploads')).toBe('photos');
    const { Status } = await workflow.s3.send(new GetBucketVersioningCommand({ Bucket: 'photos' }));
    expect(Status).toBeUndefined();
  });

  step('an upload is processed to the end and identified by its content', async () => {
    const summary = await workflow.process('canyon.jpg', await picture({ width: 900, height: 600 }));
    expect(pathOf(summary)).toEqual(SUCCESS);
    expect(await under('thumbnails', 'canyon.jpg/')).toEqual(['canyon.jpg/thumbnail.jpg']);
    expect(await workflow.record('canyon.jpg')).toMatchObject({
      id: 'photos/canyon.jpg',
      status: 'DONE',
      version: null,
      etag: expect.stringMatching(/^[0-9a-f]{32}$/),
      thumbnails: [{ width: 200, height: 133 }],
    });
  });

  step(
    'an overwrite replaces the thumbnails, and the event of the replaced image no longer changes anything',
    async () => {
      await workflow.process('logo.png', await picture({ format: 'png' }));
      const first = workflow.ended.at(-1);
      await workflow.process('logo.png', await picture({ format: 'webp' }));
      expect(await under('thumbnails', 'logo.png/')).toEqual(['logo.png/thumbnail.webp']);

      expect(pathOf(await workflow.repeat('logo.png', first))).toEqual(['Validate', 'Superseded']);
      expect(await under('thumbnails', 'logo.png/')).toEqual(['logo.png/thumbnail.webp']);
    },
  );

  step(
    "an overwrite between Validate and Thumbnail isn't mistaken for the image that was validated",
    async () => {
      const newer = await picture({ width: 300, height: 600 });
      beforeThumbnailReads = () => workflow.upload('racing.jpg', newer);
      await workflow.upload('racing.jpg', await picture({ width: 600, height: 300 }));
      await workflow.idle();
      const paths = workflow.ended.slice(-2).map((execution) => pathOf(workflow.summary(execution)));
      expect(paths).toContainEqual(['Validate', 'Thumbnail', 'Superseded']);
      expect(await workflow.record('racing.jpg')).toMatchObject({
        status: 'DONE',
        thumbnails: [{ width: 100, height: 200 }],
      });
    },
  );

  step('a file that fails is copied to quarantine', async () => {
    expect(pathOf(await workflow.process('notes.jpg', 'just text'))).toEqual(FAILURE);
    expect((await workflow.object('quarantine', 'notes.jpg')).body.toString()).toBe('just text');
  });

  const unreadable: [string, Partial<PutObjectCommandInput>, string, string][] = [
    [
      'encrypted with a key of the uploader',
      { SSECustomerAlgorithm: 'AES256', SSECustomerKey: Buffer.alloc(32, 1).toString('base64') },
      'InvalidRequest',
      'InvalidRequest: The object was',
    ],
    ['archived', { StorageClass: 'GLACIER' }, 'InvalidObjectState', 'ObjectNotInActiveTierError: The source'],
  ];
  for (const [what, object, name, words] of unreadable) {
    step(
      `an upload that is ${what} fails by name and stays where it is, as record and mail say`,
      async () => {
        const Key = `refused/${name}.jpg`;
        await workflow.s3.send(
          new PutObjectCommand({ Bucket: 'photos', Key, Body: await picture(), ...object }),
        );
        await workflow.idle();
        expect(workflow.path).toEqual(FAILURE);
        expect(await workflow.keys('quarantine')).not.toContain(Key);
        const note = expect.stringContaining(`no copy: S3 refuses it: ${words}`);
        expect(await workflow.record(Key)).toMatchObject({
          status: 'FAILED',
          error: { name },
          quarantine: null,
          note,
        });
        expect((await workflow.mail()).at(-1)?.text).toEqual(note);
      },
    );
  }

  step('a follower finds the execution of an upload by its key and its content', async () => {
    const session = await openSession(workflow.dataDir);
    const follower = new Follower(session);
    const Key = 'followed.jpg';
    const { VersionId, ETag } = await workflow.s3.send(
      new PutObjectCommand({ Bucket: 'photos', Key, Body: await picture() }),
    );
    const { executionArn } = await follower.execution(identityOf(Key, VersionId, ETag));
    await follower.stop();
    await session.close();
    expect(VersionId).toBeUndefined();
    expect(executionArn).toBe(workflow.ended.at(-1)?.executionArn);
  });

  step('a deletion removes the thumbnails and leaves a tombstone', async () => {
    expect(pathOf(await workflow.process('gone.gif', await large()))).toEqual(SUCCESS);
    await workflow.remove('gone.gif');
    await workflow.idle();
    expect(workflow.path).toEqual(['Remove']);
    expect(await under('thumbnails', 'gone.gif/')).toEqual([]);
    expect(await workflow.record('gone.gif')).toMatchObject({ status: 'DELETED', version: null });
  });

  step('its owner may turn versioning on and off again', async () => {
    await turnVersions('Enabled');
    expect(pathOf(await workflow.process('versioned.jpg', await picture()))).toEqual(SUCCESS);
    expect(await workflow.record('versioned.jpg')).toMatchObject({
      version: expect.stringMatching(/^.{20,}$/),
    });
    expect(pathOf(await workflow.process('large.gif', await large()))).toEqual(SUCCESS);
    expect(pathOf(await workflow.process('versioned-notes.jpg', 'just text'))).toEqual(FAILURE);

    await turnVersions('Suspended');
    await workflow.process('versioned.jpg', await picture({ width: 300, height: 600 }));
    expect(await workflow.record('versioned.jpg')).toMatchObject({
      status: 'DONE',
      thumbnails: [{ width: 100, height: 200 }],
    });
  });

  step('every permission on its objects was needed, and none was missing', () => {
    expect(objectGrants()).toEqual({ denied: [], unneeded: [] });
  });
});

describe('an existing bucket with its own key, which also holds the thumbnails', () => {
  const step = inOrder();
  const kmsKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/0a1b2c3d-0000-4000-8000-000000000000';
  startWith(
    {
      uploads: { existingBucket: 'photos', prefix: 'in/', kmsKeyArn },
      thumbnails: { bucket: 'uploads', prefix: 'out/' },
    },
    { existing: { buckets: { photos: { kmsKey: kmsKeyArn } } } },
  );

  step('an upload is processed to the end, and a file that fails is copied to quarantine', async () => {
    expect(pathOf(await workflow.process('in/canyon.gif', await large()))).toEqual(SUCCESS);
    expect(await under('uploads', 'out/')).toEqual(['out/in/canyon.gif/thumbnail.gif']);
    expect(pathOf(await workflow.process('in/canyon.gif', 'just text'))).toEqual(FAILURE);
    expect(await workflow.keys('quarantine')).toEqual(['in/canyon.gif']);
    await workflow.remove('in/canyon.gif');
    await workflow.idle();
    expect(await workflow.keys('uploads')).toEqual([]);
  });

  step('every permission on the key was needed, and none was missing', () => {
    const { denied, unneeded } = workflow.permissions;
    expect(denied).toEqual([]);
    expect(unneeded.filter(({ action }) => action.startsWith('kms:'))).toEqual([]);
  });
});

describe('one bucket for uploads and thumbnails', () => {
  const step = inOrder();
  startWith({
    uploads: { prefix: 'uploads/' },
    thumbnails: { bucket: 'uploads', prefix: 'thumbnails/' },
    presets: [
      {
        name: 'default',
        variants: [
          { name: 'small', width: 20, height: 20 },
          { name: 'large', width: 80, format: 'webp' },
        ],
      },
    ],
  });

  step('thumbnails in the uploads bucket start no execution', async () => {
    const before = workflow.ended.length;
    const summary = await workflow.process('uploads/canyon.jpg', await picture({ width: 120, height: 90 }));
    expect(pathOf(summary)).toEqual(SUCCESS);
    expect(await workflow.keys('uploads')).toEqual([
      'thumbnails/uploads/canyon.jpg/large.webp',
      'thumbnails/uploads/canyon.jpg/small.jpg',
      'uploads/canyon.jpg',
    ]);
    expect(workflow.ended).toHaveLength(before + 1);
  });

  step('replacing and removing thumbnails starts no execution either', async () => {
    await workflow.process('uploads/logo.png', await picture({ format: 'png' }));
    const before = workflow.ended.length;
    await workflow.process('uploads/logo.png', await picture({ format: 'gif' }));
    expect(await under('uploads', 'thumbnails/uploads/logo.png/')).toEqual([
      'thumbnails/uploads/logo.png/large.webp',
      'thumbnails/uploads/logo.png/small.gif',
    ]);
    await workflow.remove('uploads/logo.png');
    await workflow.idle();
    expect(await under('uploads', 'thumbnails/uploads/logo.png/')).toEqual([]);
    expect(workflow.ended).toHaveLength(before + 2);
  });

  step('a file that replaces an image and fails removes its thumbnails', async () => {
    await workflow.process('uploads/spoiled.gif', await large());
    expect(pathOf(await workflow.process('uploads/spoiled.gif', 'just text'))).toEqual(FAILURE);
    expect(await under('uploads', 'thumbnails/uploads/spoiled.gif/')).toEqual([]);
  });

  step('an event that names no version ends like any other', async () => {
    await workflow.process('uploads/early.gif', await large());
    expect(pathOf(await workflow.repeat('uploads/early.gif', undefined, withoutVersion))).toEqual(SUCCESS);
    await workflow.process('uploads/early.jpg', 'just text');
    expect(pathOf(await workflow.repeat('uploads/early.jpg', undefined, withoutVersion))).toEqual(FAILURE);
  });

  step('every permission on its objects was needed, and none was missing', () => {
    expect(objectGrants()).toEqual({ denied: [], unneeded: [] });
  });
});

describe('a size in the name of the upload', () => {
  startWith({
    sizeFromName: { enabled: true, maxSide: 300 },
    presets: [
      {
        name: 'cards',
        variants: [
          { name: 'card', width: 20, height: 20, fit: 'cover' },
          { name: 'page', width: 80 },
        ],
      },
    ],
  });

  const photo = () => picture({ width: 600, height: 400 });

  test('is the size of its only thumbnail, in the record and in the message', async () => {
    await workflow.process('canyon-120x90.jpg', await photo());
    expect(await under('thumbnails', 'canyon-120x90.jpg/')).toEqual(['canyon-120x90.jpg/card.jpg']);
    const { body } = await workflow.object('thumbnails', 'canyon-120x90.jpg/card.jpg');
    expect(await sharp(body).metadata()).toMatchObject({ format: 'jpeg', width: 120, height: 90 });
    const preset = { name: 'cards', size: { width: 120, height: 90 } };
    expect(await workflow.record('canyon-120x90.jpg')).toMatchObject({ status: 'DONE', preset });
    expect((await workflow.told('processed')).at(-1)).toMatchObject({ preset });
  });

  test.each(['canyon.jpg', 'poster-301x100.jpg'])(
    'is ignored for %s, which gets the sizes of the preset',
    async (key) => {
      await workflow.process(key, await photo());
      expect(await workflow.record(key)).toMatchObject({
        preset: { name: 'cards' },
        thumbnails: [
          { variant: 'card', width: 20, height: 20 },
          { variant: 'page', width: 80, height: 53 },
        ],
      });
    },
  );
});
