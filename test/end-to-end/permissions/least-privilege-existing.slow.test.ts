import { picture } from '../../fixtures/images';
import { SETTINGS } from '../../fixtures/settings';
import { Workflow, type WorkflowOptions } from '../workflow';
import { grantLine, runEverySituation } from './situations';

/** In a bucket that exists, only its owner knows whether it keeps versions. The same permissions have to do for both. */
const settings = SETTINGS['existing-bucket'] as {
  uploads: { existingBucket: string; kmsKeyArn: string };
};

function withBucket(versioning: boolean): WorkflowOptions {
  const { existingBucket, kmsKeyArn: kmsKey } = settings.uploads;
  return { settings, existing: { buckets: { [existingBucket]: { versioning, kmsKey } } } };
}

const unneeded = ({ permissions }: Workflow) => permissions.unneeded.map(grantLine);

describe('with settings/existing-bucket.json', () => {
  const { workflow: versioned, step } = runEverySituation(withBucket(true));

  step('no permission was missing', () => {
    expect(versioned().permissions.denied).toEqual([]);
  });

  step('every permission was needed', () => {
    expect(unneeded(versioned())).toEqual([]);
  });

  test('without versioning no other permission is needed', async () => {
    const plain = await Workflow.start({ waitScale: 0.01, ...withBucket(false) });
    try {
      await plain.process('photo.jpg', await picture());
      await plain.process('notes.jpg', 'just text');
      expect(plain.permissions.denied).toEqual([]);
    } finally {
      await plain.end();
    }
  });
});
