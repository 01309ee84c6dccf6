import { picture } from '../fixtures/images';
import sharp from '../fixtures/sharp';
import { FAILURE, large, objectGrants, SUCCESS, startWith, under, workflow } from './bucket-workflow';
import { inOrder } from './in-order';
import { withoutVersion } from './permissions/support';
import { pathOf } from './workflow';

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
