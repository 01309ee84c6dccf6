import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesizedIn } from '../../../cli/lib/synthesize';
import { picture } from '../../fixtures/images';
import { synthesisOf } from '../synthesis';
import { Workflow } from '../workflow';
import { deadLetters, purge } from './support';

/** What happens in the real stack when a grant is missing: the same as on AWS, with a message that says what is missing. */

let folder: string;
let stackFile: string;
let workflow: Workflow;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'grants-'));
  await cp(await synthesisOf(), folder, { recursive: true });
  stackFile = await synthesizedIn(folder);
});

afterEach(() => workflow?.end());
afterAll(() => rm(folder, { recursive: true }));

interface Document {
  statement: { sid: string }[];
}

/** Starts the workflow without some grants, each named by the policy it is in and its `sid`. */
async function startWithout(...grants: [place: string, sid: string][]): Promise<void> {
  const terraform = JSON.parse(await readFile(stackFile, 'utf8'));
  const documents = Object.entries<Document>(terraform.data.aws_iam_policy_document);
  for (const [place, sid] of grants) {
    const found = documents.filter(
      ([id, { statement }]) => id.startsWith(place) && statement.some((s) => s.sid === sid),
    );
    expect(found).toHaveLength(1);
    for (const [, document] of found) document.statement = document.statement.filter((s) => s.sid !== sid);
  }
  const changed = path.join(path.dirname(stackFile), 'changed.tf.json');
  await writeFile(changed, JSON.stringify(terraform));
  workflow = await Workflow.start({ stackFile: changed });
}

test('an event that EventBridge may not deliver goes to the dead-letter queue without a retry', async () => {
  await startWithout(['', 'StartTheWorkflow']);
  await workflow.upload('photo.jpg', await picture());
  await workflow.idle();

  expect(workflow.ended).toEqual([]);
  expect(await deadLetters(workflow)).toEqual([
    expect.objectContaining({
      ERROR_CODE: 'NO_PERMISSIONS',
      ERROR_MESSAGE: expect.stringMatching(
        /^User: arn:aws:iam::000000000000:role\/\S+ is not authorized to perform: states:StartExecution on resource: arn:aws:states:\S+ because no identity-based policy allows the states:StartExecution action$/,
      ),
      RETRY_ATTEMPTS: '0',
    }),
  ]);
});

test('a function without a grant fails by the name of the service, and the mail says what is missing', async () => {
  await startWithout(['validate-function_role', 'ClaimTheRecord']);
  const { states } = await workflow.process('photo.jpg', await picture());

  const validate = states.find(({ name }) => name === 'Validate');
  expect(validate).toMatchObject({ attempts: 1, error: { name: 'AccessDeniedException' } });
  expect((await workflow.mail()).at(-1)?.text).toContain('is not authorized to perform: dynamodb:UpdateItem');
});

test('without s3:ListBucket an object that is gone looks forbidden, so its event fails', async () => {
  await startWithout(['validate-function_role', 'DistinguishMissingFromForbidden']);
  await workflow.process('gone.jpg', await picture());
  const last = workflow.ended.at(-1);
  await purge(workflow, 'uploads', 'gone.jpg');
  await workflow.idle();

  const { states } = await workflow.repeat('gone.jpg', last);
  expect(states.find(({ name }) => name === 'Validate')?.error?.name).toBe('AccessDenied');
});

test('a state machine that may not invoke its functions says so after Lambda’s retries', async () => {
  await startWithout(['state-machine_role', 'RunTheStates']);
  const { states } = await workflow.process('photo.jpg', await picture());

  const validate = states.find(({ name }) => name === 'Validate');
  expect(validate?.error?.name).toBe('Lambda.AWSLambdaException');
  expect(JSON.stringify(validate?.error)).toContain('is not authorized to perform: lambda:InvokeFunction');
  // Nothing could make the cause safe for a mail, since that takes a function.
  expect((await workflow.mail()).at(-1)?.text).toContain('failed: Lambda.AWSLambdaException.');
});
