/** What every command says when AWS doesn't answer, or answers that this is the wrong place. */
import { TIMEOUTS } from '../../cli/lib/aws/timed';
import { NOTES } from '../../cli/lib/slow';
import { call } from './call';
import { callerIs, Deployed, HANG, type Received, refusal } from './fake-aws';

jest.setTimeout(60_000);

/** Every command that works on a deployed stack, and the call it makes first. */
const COMMANDS: [command: string, args: string[], first: RegExp][] = [
  ['stuck', [], /DynamoDB Query on the table thumbnail-workflow-records/],
  ['replay', ['--key', 'a.jpg'], /DynamoDB GetItem on the table thumbnail-workflow-records/],
  ['replay', ['--failed-since', '1h'], /DynamoDB Query on the table thumbnail-workflow-records/],
  ['replay', ['--prefix', 'a'], /S3 ListObjectsV2 on the bucket photos/],
  ['redrive', [], /SQS GetQueueAttributes on the queue \S+\/(dead-letters|failures)/],
  [
    'executions',
    ['--aws'],
    /CloudWatch Logs FilterLogEvents on the log group \/aws\/vendedlogs\/states\/\S+/,
  ],
  ['executions', ['--aws', '0a1b'], /CloudWatch Logs FilterLogEvents on the log group/],
  ['doctor', ['--timeout', '0.1'], /S3 GetBucketLocation on the bucket photos/],
];

let deployed: Deployed | undefined;
afterEach(async () => {
  jest.restoreAllMocks();
  await deployed?.end();
  deployed = undefined;
});

test.each(COMMANDS)(
  '%s %j says that a service which accepts and never answers is slow, and gives up',
  async (command, args, first) => {
    jest.replaceProperty(TIMEOUTS, 'requestTimeout', 200);
    jest.replaceProperty(NOTES, 'every', 50);
    deployed = await Deployed.to(() => HANG);
    const { code, stdout, stderr } = await call(command, ...args);
    expect(code).toBe(1);
    const [name = ''] = / *\w+( Logs)? \w+/.exec(first.source.replaceAll('\\', '')) ?? [];
    expect(stderr).toContain(`Waiting for ${name}, 0.05 s so far …`);
    const all = stdout + stderr;
    expect(all).toMatch(first);
    expect(all).toContain('failed: TimeoutError: ');
    expect(all).toContain('Asked: account 111122223333, eu-west-1, as outputs.json says');
    expect(all).toContain('Likely cause: this machine does not reach ');
  },
);

const MISSING: [service: RegExp, code: string][] = [
  [/^DynamoDB/, 'ResourceNotFoundException'],
  [/^Logs/, 'ResourceNotFoundException'],
  [/^SQS/, 'QueueDoesNotExist'],
  [/^SFN/, 'StateMachineDoesNotExist'],
  [/^S3/, 'NoSuchBucket'],
  [/^SNS/, 'NotFound'],
];

/** Every service says that it has no such thing. */
function missing(received: Received) {
  const [, code = ''] = MISSING.find(([service]) => service.test(received.name)) ?? [];
  return refusal(received, code === 'NoSuchBucket' ? 404 : 400, code, 'Requested resource not found');
}

describe.each(COMMANDS)('%s %j', (command, args, first) => {
  test('with credentials of another account names both accounts, the resource and the file', async () => {
    deployed = await Deployed.to((received) =>
      received.name === 'STS GetCallerIdentity' ? callerIs('444455556666') : missing(received),
    );
    const { code, stdout, stderr } = await call(command, ...args);
    expect(code).toBe(1);
    const all = stdout + stderr;
    expect(all).toMatch(first);
    expect(all).toContain('Requested resource not found');
    expect(all).toContain('Asked: account 111122223333, eu-west-1, as outputs.json says');
    expect(all).toContain(
      'Likely cause: the credentials are those of account 444455556666 (arn:aws:iam::444455556666:user/anna), but outputs.json is of account 111122223333.',
    );
    // Asked once, however many calls fail.
    expect(deployed.aws.received.filter(({ name }) => name.startsWith('STS'))).toHaveLength(1);
  });

  test('with outputs of a stack that is gone says that they are out of date', async () => {
    deployed = await Deployed.to((received) =>
      received.name === 'STS GetCallerIdentity' ? callerIs('111122223333') : missing(received),
    );
    const { code, stdout, stderr } = await call(command, ...args);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('Likely cause: outputs.json is out of date');
  });
});
