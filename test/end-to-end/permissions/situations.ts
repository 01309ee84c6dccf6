import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readHistory } from '../../../local-aws/history';
import type { Grant } from '../../../local-aws/iam/coverage';
import { AwsError, type Call, type Gate } from '../../../local-aws/service';
import { noise, picture } from '../../fixtures/images';
import { inOrder } from '../in-order';
import { Workflow, type WorkflowOptions } from '../workflow';
import { deadLetters, purge, queueUrl, withoutVersion } from './support';

/**
 * Takes the whole workflow through every situation that needs one of the stack's permissions. The engine allows only what
 * the synthesized policies allow.
 *
 * @param options for the engine; `settings` are those of the stack
 * @returns the workflow, available once the tests run, and a replacement for `test` in tests that judge all situations
 */
export function runEverySituation(options: WorkflowOptions = {}) {
  let workflow: Workflow;

  /** Happens just before calls that the policies have allowed: once, or as often as stated. */
  let interruptions: { role: string; action: string; times: number; by: () => unknown }[] = [];

  const gate: Gate = async ({ principal, action }: Call) => {
    const found = interruptions.find(
      (each) => action === each.action && principal.arn.includes(`-${each.role}-`),
    );
    if (!found || found.times-- <= 0) return;
    await found.by();
  };

  function before(role: string, action: string, by: () => unknown, times = 1): void {
    interruptions = [{ role, action, times, by }];
  }

  const fails = (error: AwsError) => () => Promise.reject(error);

  beforeAll(async () => {
    workflow = await Workflow.start({ gate, waitScale: 0.01, ...options });
  });

  const step = inOrder(() => {
    interruptions = [];
  });

  afterAll(() => workflow?.end());

  const names = ({ states }: { states: { name: string }[] }) => states.map(({ name }) => name);

  /** Waits until everything is done. @returns the states of the last execution */
  async function last(): Promise<string[]> {
    await workflow.idle();
    return names(workflow.summary(workflow.ended.at(-1)!));
  }

  const thumbnailsOf = async (key: string) =>
    (await workflow.keys('thumbnails')).filter((each) => each.startsWith(`${key}/`));

  const png = () => picture({ format: 'png' });
  const webp = () => picture({ format: 'webp' });

  describe('an upload', () => {
    step('that is processed to the end', async () => {
      expect((await workflow.process('photo.jpg', await picture())).status).toBe('SUCCEEDED');
      expect(await thumbnailsOf('photo.jpg')).toEqual(['photo.jpg/thumbnail.jpg']);
    });

    step('that cannot be judged by its first 128 KB', async () => {
      const large = await noise('gif', 640, 480);
      expect(large.length).toBeGreaterThan(128 * 1024);
      expect((await workflow.process('large.gif', large)).status).toBe('SUCCEEDED');
    });

    step('in another format than before, which leaves a thumbnail to remove', async () => {
      await workflow.process('logo.png', await png());
      await workflow.process('logo.png', await webp());
      expect(await thumbnailsOf('logo.png')).toEqual(['logo.png/thumbnail.webp']);
    });

    step('whose old thumbnail someone has already removed', async () => {
      await workflow.process('tidied.png', await png());
      await purge(workflow, 'thumbnails', 'tidied.png/thumbnail.png');
      expect((await workflow.process('tidied.png', await webp())).status).toBe('SUCCEEDED');
    });

    step('that replaces an image whose event arrives again', async () => {
      await workflow.process('twice.jpg', await picture({ width: 300 }));
      const first = workflow.ended.at(-1);
      await workflow.process('twice.jpg', await picture({ width: 400 }));
      expect(names(await workflow.repeat('twice.jpg', first))).toContain('Superseded');
    });

    step('whose event names no version, since S3 has yet to notice that the bucket has them', async () => {
      for (const [key, body, end] of [
        ['early.jpg', await picture(), 'Notify'],
        ['early-text.jpg', 'just text', 'NotifyFailure'],
      ] as const) {
        await workflow.process(key, body);
        expect(names(await workflow.repeat(key, undefined, withoutVersion))).toContain(end);
        expect(await workflow.record(key)).toMatchObject({ version: null });
      }
    });

    step('for whose event no execution can be started', async () => {
      before('object-events', 'states:StartExecution', fails(new AwsError('AccessDenied', 'not today', 403)));
      await workflow.upload('undelivered.jpg', await picture());
      await workflow.idle();
      expect(await deadLetters(workflow)).toEqual([expect.objectContaining({ ERROR_MESSAGE: 'not today' })]);
    });
  });

  describe('an object that is gone', () => {
    step('before its event is handled', async () => {
      await workflow.process('gone.jpg', await picture());
      const upload = workflow.ended.at(-1);
      await purge(workflow, 'uploads', 'gone.jpg');
      await workflow.idle();
      expect(names(await workflow.repeat('gone.jpg', upload))).toContain('Superseded');
    });

    step('between Validate and Thumbnail', async () => {
      before('thumbnail', 's3:GetObjectVersion', () => purge(workflow, 'uploads', 'vanishing.jpg'));
      await workflow.upload('vanishing.jpg', await picture());
      await workflow.idle();
      const superseded = workflow.ended.filter(({ lastState }) => lastState === 'Superseded');
      expect(names(workflow.summary(superseded.at(-1)!))).toContain('Thumbnail');
    });

    step('before it is quarantined', async () => {
      before('quarantine', 's3:GetObjectVersion', () => purge(workflow, 'uploads', 'gone-text.jpg'));
      await workflow.upload('gone-text.jpg', 'just text');
      await workflow.idle();
      expect((await workflow.mail()).at(-1)?.text).toContain('no copy: the original was deleted');
    });
  });

  describe('a failure', () => {
    step('of a text file named like an image', async () => {
      const summary = await workflow.process('notes.jpg', 'just text');
      expect(names(summary)).toEqual(expect.arrayContaining(['Quarantine', 'NotifyFailure', 'Failed']));
      expect((await workflow.object('quarantine', 'notes.jpg')).TagCount).toBe(2);
    });

    step('of an overwrite, which removes the thumbnails of the replaced image', async () => {
      await workflow.process('replaced.png', await png());
      await workflow.process('replaced.png', 'just text');
      expect(await thumbnailsOf('replaced.png')).toEqual([]);
    });

    step('of an overwrite whose thumbnails are already gone', async () => {
      await workflow.process('cleared.png', await png());
      await purge(workflow, 'thumbnails', 'cleared.png/thumbnail.png');
      expect(names(await workflow.process('cleared.png', 'just text'))).toContain('NotifyFailure');
    });

    step('that the errors topic refuses', async () => {
      before('state-machine', 'sns:Publish', fails(new AwsError('InternalError', 'try later', 500)), 9);
      expect(names(await workflow.process('untold.jpg', 'just text'))).toContain('QueueFailure');
    });
  });

  describe('a deletion', () => {
    /** Remove's answer in the last execution. */
    async function removal(): Promise<unknown> {
      expect(await last()).toContain('Remove');
      const { executionArn } = workflow.ended.at(-1)!;
      const output = readHistory(workflow.dataDir, executionArn).at(-1)?.details['output'];
      return JSON.parse(String(output)).removal.outcome;
    }

    const remove = (key: string, VersionId?: string) =>
      workflow.s3.send(new DeleteObjectCommand({ Bucket: workflow.bucket('uploads'), Key: key, VersionId }));

    step('removes the thumbnails', async () => {
      await workflow.process('deleted.jpg', await picture());
      await remove('deleted.jpg');
      expect(await removal()).toBe('REMOVED');
      expect(await thumbnailsOf('deleted.jpg')).toEqual([]);
    });

    step('finds the thumbnails already gone', async () => {
      await workflow.process('swept.jpg', await picture());
      await purge(workflow, 'thumbnails', 'swept.jpg/thumbnail.jpg');
      await remove('swept.jpg');
      expect(await removal()).toBe('REMOVED');
    });

    step('of a version that was not the current one changes nothing', async () => {
      const first = await workflow.upload('kept.jpg', await picture());
      await workflow.process('kept.jpg', await picture({ width: 100 }));
      await remove('kept.jpg', first);
      expect(await removal()).toBe('KEPT');
      expect(await thumbnailsOf('kept.jpg')).toHaveLength(1);
    });

    step('of the current version brings back the previous one', async () => {
      await workflow.upload('restored.png', await png());
      await workflow.idle();
      const second = await workflow.upload('restored.png', await webp());
      await workflow.idle();
      await remove('restored.png', second);
      await workflow.idle();
      expect(await thumbnailsOf('restored.png')).toEqual(['restored.png/thumbnail.png']);
    });
  });

  step('an event that finds no capacity waits in the backlog', async () => {
    const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded', 429);
    before('state-machine', 'lambda:InvokeFunction', fails(throttled), 4);
    await workflow.upload('crowded.jpg', await picture());
    await workflow.idle();
    const paths = workflow.ended.slice(-2).map((execution) => names(workflow.summary(execution)));
    expect(paths[0]).toContain('SendToBacklog');
    expect(await thumbnailsOf('crowded.jpg')).toHaveLength(1);
  });

  step('an event that finds no capacity again waits longer', async () => {
    const { executionArn } = workflow.ended.find(({ lastState }) => lastState === 'Notify')!;
    const [started] = readHistory(workflow.dataDir, executionArn);
    const waits = new Promise<void>((resolve) => {
      const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded', 429);
      interruptions = [
        { role: 'state-machine', action: 'lambda:InvokeFunction', times: 4, by: fails(throttled) },
        { role: 'resume', action: 'sqs:ChangeMessageVisibility', times: 1, by: resolve },
      ];
    });
    await new SQSClient(workflow.client()).send(
      new SendMessageCommand({
        QueueUrl: queueUrl(workflow, 'backlog'),
        MessageBody: String(started?.details['input']),
      }),
    );
    await waits;
    await workflow.idle();
    expect(workflow.ended.slice(-2).map(({ status, error }) => [status, error])).toEqual([
      ['FAILED', 'StillWaiting'],
      ['SUCCEEDED', undefined],
    ]);
  });

  step('stuck records are counted', async () => {
    await workflow.tick('-watch');
    const counted = workflow.cloudwatch.metrics().find(({ name }) => name === 'StuckRecords');
    expect(counted).toMatchObject({ count: 1 });
  });

  step('alarms announce a change of their state', async () => {
    const inTwoMinutes = Date.now() + 2 * 60_000;
    expect(await workflow.cloudwatch.evaluate(inTwoMinutes)).not.toEqual([]);
  });

  return { workflow: () => workflow, step };
}

/** Who may do what to what, on one line. */
export const grantLine = ({ holder, statement, principal, action, resource, via }: Grant): string =>
  [
    holder.split(/[:/]/).at(-1),
    statement,
    ...(principal ? ['to', principal] : []),
    action,
    ...(resource ? ['on', resource] : []),
    ...(via ? ['via', via] : []),
  ].join(' ');
