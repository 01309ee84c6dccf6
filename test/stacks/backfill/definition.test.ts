import { getLanguageService, TextDocument } from 'amazon-states-language-service';
import validate from 'asl-validator';
import { divided } from '../../../contract/backfill';
import { checkStateMachine } from '../../../local-aws/states/check';
import { backfillDefinition } from '../../../stacks/backfill/definition';
import { CATALOGUE } from '../../../stacks/catalogue';

const arns = {
  backfill: 'arn:aws:lambda:us-east-1:123456789012:function:backfill:7',
  uploads: 'uploads',
  results: { bucket: 'quarantine', prefix: 'backfill' },
  topic: 'arn:aws:sns:us-east-1:123456789012:operations',
};
const TIMEOUT = CATALOGUE.backfill.timeoutSeconds;

const machines = {
  'that lists': backfillDefinition(arns, TIMEOUT, 4),
  'that also reads inventories': backfillDefinition({ ...arns, inventoryBucket: 'inventories' }, TIMEOUT, 50),
};

describe.each(Object.entries(machines))('the state machine of backfills %s', (_, machine) => {
  test('is valid to asl-validator', () => {
    const { isValid, errorsText } = validate(structuredClone(machine));
    expect({ isValid, errors: errorsText() }).toEqual({ isValid: true, errors: '' });
  });

  test('is valid to the language service of the AWS toolkits', async () => {
    const service = getLanguageService({});
    const document = TextDocument.create('backfill.asl.json', 'json', 1, JSON.stringify(machine));
    expect(await service.doValidation(document, service.parseJSONDocument(document))).toEqual([]);
  });

  test('runs in the engine', () => {
    expect(() =>
      checkStateMachine({
        name: 'backfill',
        arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:backfill',
        type: 'STANDARD',
        role: 'arn:aws:iam::123456789012:role/backfill',
        definition: machine as Record<string, unknown>,
        logging: { level: 'OFF', includeExecutionData: false },
      }),
    ).not.toThrow();
  });

  test('contains no ${ or %{, which Terraform would evaluate', () => {
    expect(JSON.stringify(machine)).not.toMatch(/[$%]\{/);
  });
});

interface Retrier {
  MaxAttempts: number;
  IntervalSeconds: number;
  BackoffRate: number;
  MaxDelaySeconds: number;
}

test('the function and the waits for free capacity fit into the five minutes of a child', () => {
  const { TimeoutSeconds, Retry } =
    machines['that lists'].States.ListObjects.ItemProcessor.States['BackfillObjects']!;
  const waits = ({ MaxAttempts, IntervalSeconds, BackoffRate, MaxDelaySeconds }: Retrier) =>
    Array.from({ length: MaxAttempts }, (_, n) =>
      Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n),
    ).reduce((sum, wait) => sum + wait, 0);
  expect(TimeoutSeconds + waits(Retry[0] as Retrier)).toBeLessThan(300);
});

test.each([1, 4, 10, 11, 25, 40, 1_000, 5_000])(
  '%i images at once are never more, divided among children',
  (n) => {
    const { children, atOnce } = divided(n);
    expect(children * atOnce).toBeLessThanOrEqual(n);
    expect(children * atOnce).toBeGreaterThan(n * 0.7);
    expect(atOnce).toBeLessThanOrEqual(10);
  },
);
