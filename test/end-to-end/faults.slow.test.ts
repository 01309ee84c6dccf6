import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { OTHERS, startWorkflow, TO_FAILURE } from './way-faults';
import type { Workflow } from './workflow';

let workflow: Workflow;
beforeAll(async () => {
  workflow = await startWorkflow();
});
afterAll(() => workflow?.end());

test.each(OTHERS)('$title', ({ run }) => run(workflow));

describe('an original that cannot be copied to quarantine stays where it is, and record and mail say why', () => {
  async function failed(key: string, object: Partial<PutObjectCommandInput>) {
    const before = (await workflow.mail()).length;
    await workflow.s3.send(new PutObjectCommand({ Bucket: workflow.bucket('uploads'), Key: key, ...object }));
    await workflow.idle();
    const [mail] = (await workflow.mail()).slice(before);
    expect(await workflow.keys('quarantine')).not.toContain(key);
    return { record: await workflow.record(key), mail: mail?.text };
  }

  test('since that takes longer than there is time', async () => {
    workflow.inject({ call: 's3:PutObject', by: 'quarantine', fault: 'hang', times: 1 });
    const { record, mail } = await failed('refused/slow.jpg', { Body: 'just text' });
    workflow.inject();
    const note = expect.stringMatching(/no copy: S3 did not finish it within \d\.\d s/);
    expect(record).toMatchObject({ status: 'FAILED', error: { name: 'UnsupportedFormat' }, note });
    expect(mail).toEqual(note);
    expect(workflow.path).toEqual(['Validate', ...TO_FAILURE]);
  });
});
