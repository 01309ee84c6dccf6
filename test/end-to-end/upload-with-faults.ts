import type { FaultInput } from '../../local-aws';
import { pathOf, type Workflow } from './workflow';

/** Uploads a file while something fails, waits until everything is done, and returns what happened. */
export async function uploadWithFaults(
  workflow: Workflow,
  key: string,
  body: Buffer | string,
  ...faults: FaultInput[]
) {
  const executions = workflow.ended.length;
  const processed = (await workflow.told('processed')).length;
  const errors = (await workflow.told('errors')).length;
  const mails = (await workflow.mail()).length;
  workflow.inject(...faults);
  await workflow.upload(key, body);
  await workflow.idle();
  workflow.inject();
  const summaries = workflow.ended.slice(executions).map((execution) => workflow.summary(execution));
  return {
    /** The paths of all executions, oldest first. */
    paths: summaries.map(pathOf),
    /** The outcome of a state in the first execution. */
    state: (name: string) => summaries[0]?.states.find((state) => state.name === name),
    record: await workflow.record(key),
    processed: (await workflow.told('processed')).slice(processed),
    errors: (await workflow.told('errors')).slice(errors),
    mail: (await workflow.mail()).slice(mails),
  };
}
