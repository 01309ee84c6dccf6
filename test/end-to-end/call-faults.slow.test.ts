import { picture } from '../fixtures/images';
import { OTHERS, STATES, startWorkflow } from './calls';
import { uploadWithFaults } from './upload-with-faults';
import type { Workflow } from './workflow';

let workflow: Workflow;
beforeAll(async () => {
  workflow = await startWorkflow();
});
afterAll(() => workflow?.end());

test.each(OTHERS)('$title', ({ run }) => run(workflow));

test('a call that never answers ends when its function times out', async () => {
  const { paths, ...run } = await uploadWithFaults(workflow, 'hang.jpg', await picture(), {
    call: 'dynamodb:UpdateItem',
    by: 'store-metadata',
    fault: 'hang',
    times: 1,
  });
  expect(paths).toEqual([STATES]);
  expect(run.state('StoreMetadata')?.failures).toMatchObject([{ name: 'Sandbox.Timedout' }]);
});
