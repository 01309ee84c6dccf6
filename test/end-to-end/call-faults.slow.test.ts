import { OTHERS, startWorkflow } from './calls';
import type { Workflow } from './workflow';

let workflow: Workflow;
beforeAll(async () => {
  workflow = await startWorkflow();
});
afterAll(() => workflow?.end());

test.each(OTHERS)('$title', ({ run }) => run(workflow));
