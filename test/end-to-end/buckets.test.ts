import {
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { openSession } from '../../cli/lib/session';
import { Follower, identityOf } from '../../cli/process/follow';
import type { Gate } from '../../local-aws/service';
import { picture } from '../fixtures/images';
import { FAILURE, large, objectGrants, SUCCESS, startWith, under, workflow } from './bucket-workflow';
import { inOrder } from './in-order';
import { pathOf } from './workflow';

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
