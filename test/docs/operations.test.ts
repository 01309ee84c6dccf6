import { ERRORS } from '../../contract/vocabulary';
import { WITH_API } from '../stacks/endpoints';
import { synthesize } from '../stacks/synthesized';
import { document, headings } from './documents';

const runbook = document('operations.md');
const sections = headings(runbook);
const stack = synthesize({ ...WITH_API, backfill: { enabled: true } });

interface State {
  Type: string;
  Error?: string;
  Retry?: { ErrorEquals: string[] }[];
  Catch?: { ErrorEquals: string[] }[];
  Parameters?: { Error?: string };
  Result?: { Error?: string };
}

/** Error names that the definition itself retries, catches or sets. */
function namesInTheDefinition(): string[] {
  const machines = Object.values(stack.resource['aws_sfn_state_machine']!);
  const states = machines.flatMap(({ definition }) =>
    Object.values((JSON.parse(definition) as { States: Record<string, State> }).States),
  );
  return states.flatMap((state) => [
    ...[...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap(({ ErrorEquals }) => ErrorEquals),
    ...[state.Error, state.Parameters?.Error, state.Result?.Error].filter((name) => name !== undefined),
  ]);
}

test('every alarm has the section that its description points to', () => {
  const alarms = Object.values(stack.resource['aws_cloudwatch_metric_alarm']!);
  expect(alarms.length).toBeGreaterThan(10);
  const wanted = alarms.map((alarm) => /docs\/operations\.md#(\S+)$/.exec(alarm['alarm_description'])![1]);
  expect(sections).toEqual(expect.arrayContaining(wanted));
});

test('no section describes an alarm that no longer exists', () => {
  const text = Object.values(stack.resource['aws_cloudwatch_metric_alarm']!)
    .map((alarm) => alarm['alarm_description'])
    .join('\n');
  const alarms = headings(runbook.slice(runbook.indexOf('\n## Alarms'), runbook.indexOf('\n## Error names')));
  for (const name of alarms.slice(1)) expect(text).toContain(`docs/operations.md#${name}`);
});

const named = Object.keys(ERRORS);

test.each([
  ...new Set([
    ...named,
    ...namesInTheDefinition(),
    ...['AccessDenied', 'States.Runtime', 'States.DataLimitExceeded'],
  ]),
])('the error %s has a section', (name) => {
  expect(sections.flatMap((section) => section.split(', '))).toContain(name);
});
