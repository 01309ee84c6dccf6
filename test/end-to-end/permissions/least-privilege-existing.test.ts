import { picture } from '../../fixtures/images';
import { SETTINGS } from '../../fixtures/settings';
import { Workflow, type WorkflowOptions } from '../workflow';
import { grantLine, runEverySituation } from './situations';

/**
 * Only its owner knows whether an existing bucket keeps versions. So the stack's roles may read objects both ways, and each
 * grant is needed either with versions or without.
 */
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

  step('every permission that is not needed with versioning is needed without', async () => {
    const rest = unneeded(versioned());
    expect(rest).toEqual(
      ['quarantine-us-east-1 CopyTheUploadedVersion', 'thumbnail-us-east-1 ReadTheUploadedVersion'].map(
        (grant) => `thumbnail-workflow-${grant} s3:GetObject on arn:aws:s3:::photos-of-the-team/*`,
      ),
    );

    const plain = await Workflow.start({ waitScale: 0.01, ...withBucket(false) });
    try {
      await plain.process('photo.jpg', await picture());
      await plain.process('notes.jpg', 'just text');
      expect(plain.permissions.denied).toEqual([]);
      expect(unneeded(plain).filter((grant) => rest.includes(grant))).toEqual([]);
    } finally {
      await plain.end();
    }
  });
});
