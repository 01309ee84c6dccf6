/** A workflow for each arrangement of buckets. */
import { noise } from '../fixtures/images';
import { Workflow, type WorkflowOptions } from './workflow';

export const SUCCESS = ['Validate', 'Thumbnail', 'StoreMetadata', 'Notify'];
export const FAILURE = ['Validate', 'Quarantine', 'NotifyFailure', 'Failed'];

export let workflow: Workflow;

/** Starts a workflow for the tests of one block. */
export function startWith(settings: object, options: WorkflowOptions = {}): void {
  beforeAll(async () => {
    workflow = await Workflow.start({ settings, ...options });
  });
  afterAll(() => workflow?.end());
}

export const under = async (bucket: 'uploads' | 'thumbnails', prefix: string) =>
  (await workflow.keys(bucket)).filter((key) => key.startsWith(prefix));

/** What the bucket's policies on objects denied, and what they allow although nobody needed it. */
export const objectGrants = () => {
  const { denied, unneeded } = workflow.permissions;
  const objects = `arn:aws:s3:::${workflow.bucket('uploads')}/`;
  return { denied, unneeded: unneeded.filter(({ resource }) => resource?.startsWith(objects)) };
};

/** An image whose first 128 KB aren't enough to judge it. */
export const large = () => noise('gif', 640, 480);
