import { picture } from '../fixtures/images';
import { SETTINGS } from '../fixtures/settings';
import { inOrder } from './in-order';
import { pathOf, Workflow } from './workflow';

/** What the accounts contain into which these stacks are deployed. */
const EXISTING = {
  buckets: {
    'photos-of-the-team': {
      versioning: true,
      kmsKey: 'arn:aws:kms:us-east-1:000000000000:key/4f1c2d3e-0000-4000-8000-5a6b7c8d9e0f',
    },
  },
  policies: {
    // AWS allows the same, and also a few actions on roles and the organization.
    'arn:aws:iam::aws:policy/PowerUserAccess': {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' }],
    },
  },
};

/** Declares what must work with any settings. @param names of files in test/fixtures/settings */
export function testSettings(names: string[]): void {
  describe.each(names)('deployed with settings/%s.json', (name) => {
    const settings = SETTINGS[name] as Record<string, unknown>;
    const prefix = (settings['uploads'] as { prefix?: string } | undefined)?.prefix ?? '';
    const hasEvents = (settings['notifications'] as { events?: boolean } | undefined)?.events ?? false;
    const announced = (state: string) => (hasEvents ? [state] : []);
    const photo = `${prefix}photo.jpg`;
    const notes = `${prefix}notes.jpg`;
    let workflow: Workflow;
    const step = inOrder();

    beforeAll(async () => {
      workflow = await Workflow.start({ settings, existing: EXISTING, waitScale: 0.01 });
    });
    afterAll(() => workflow?.end());

    step('an image gets thumbnails, a record and a message', async () => {
      const summary = await workflow.process(photo, await picture({ width: 400, height: 300 }));
      expect(pathOf(summary)).toEqual([
        ...['Validate', 'Thumbnail', 'StoreMetadata', 'Notify'],
        ...announced('AnnounceReady'),
      ]);
      const record = await workflow.record(photo);
      expect(record).toMatchObject({ status: 'DONE' });
      const made = (record['thumbnails'] as { key: string }[]).map(({ key }) => key);
      expect(made.length).toBeGreaterThan(0);
      expect(await workflow.keys('thumbnails')).toEqual(expect.arrayContaining(made));
      expect((await workflow.told('processed')).map(({ source }) => source.key)).toEqual([photo]);
    });

    step('a file that is not an image gets a copy in quarantine, a record and a message', async () => {
      const summary = await workflow.process(notes, 'just text');
      expect(pathOf(summary)).toEqual([
        ...['Validate', 'Quarantine', 'NotifyFailure'],
        ...announced('AnnounceFailure'),
        'Failed',
      ]);
      expect(await workflow.record(notes)).toMatchObject({
        status: 'FAILED',
        error: { name: 'UnsupportedFormat' },
      });
      expect(await workflow.keys('quarantine')).toEqual([notes]);
      expect((await workflow.told('errors')).map(({ source }) => source.key)).toEqual([notes]);
    });

    step('the thumbnails of a deleted image are removed', async () => {
      const made = ((await workflow.record(photo))['thumbnails'] as { key: string }[]).map(({ key }) => key);
      await workflow.remove(photo);
      await workflow.idle();
      expect(await workflow.record(photo)).toMatchObject({ status: 'DELETED' });
      const left = await workflow.keys('thumbnails');
      for (const key of made) expect(left).not.toContain(key);
    });

    step('no permission was missing for any of that', () => {
      expect(workflow.permissions.denied).toEqual([]);
    });
  });
}
