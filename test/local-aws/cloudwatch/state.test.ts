import { judge, rangeOf } from '../../../local-aws/cloudwatch/state';
import type { Alarm } from '../../../local-aws/stack/model';

const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const NOON = Date.UTC(2026, 10, 21, 12);

const rules = (changes: Partial<Alarm> = {}) => ({
  comparison: 'GreaterThanOrEqualToThreshold' as const,
  threshold: 1,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: 'missing' as const,
  ...changes,
});

/** @param picture data points, the newest on the right: 0 does not breach, X does, - is missing */
const range = (picture: string) =>
  [...picture.replaceAll(' ', '')].reverse().map((sign, n) => ({
    start: NOON - n * 60_000,
    value: { '0': 0, X: 1 }[sign],
  }));

const states = (picture: string, changes: Partial<Alarm> = {}) =>
  TREATMENTS.map((treatMissingData) => judge(rules({ ...changes, treatMissingData }), range(picture))?.state);

// The tables of docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const STAYS = undefined;

test.each([
  ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
  ['0 - - - -', ['OK', 'OK', 'OK', 'OK']],
  ['- - - - -', ['INSUFFICIENT_DATA', STAYS, 'ALARM', 'OK']],
  ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['- - X - -', ['ALARM', STAYS, 'ALARM', 'OK']],
  // Not yet: the next data point may not breach.
  ['- - - X -', [STAYS, STAYS, 'ALARM', 'OK']],
  ['- - - - X', [STAYS, STAYS, 'ALARM', 'OK']],
])('3 out of 3: %s', (picture, expected) => {
  expect(states(picture)).toEqual(expected);
});

test.each([
  ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - X -', ['ALARM', STAYS, 'ALARM', 'OK']],
])('2 out of 3: %s', (picture, expected) => {
  expect(states(picture, { datapointsToAlarm: 2 })).toEqual(expected);
});

test('the evaluation range is the one in the tables', () => {
  expect(rangeOf(rules())).toBe(5);
});

test.each([
  ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
  ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
  ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
  ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
] as const)('%s', (comparison, expected) => {
  const alarm = rules({ comparison, evaluationPeriods: 1, datapointsToAlarm: 1 });
  const state = (value: number) => judge(alarm, [{ start: NOON, value }])?.state;
  expect([0, 1, 2].map(state)).toEqual(expected);
});

test.each([
  [
    'XX0XX',
    { datapointsToAlarm: 2 },
    'Threshold Crossed: 2 out of the last 3 datapoints [1.0 (21/11/26 12:00:00), 1.0 (21/11/26 11:59:00)] were greater than or equal to the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).',
  ],
  [
    'XXX0X',
    {},
    'Threshold Crossed: 1 out of the last 3 datapoints [0.0 (21/11/26 11:59:00)] was not greater than or equal to the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition).',
  ],
  [
    '-----',
    { treatMissingData: 'notBreaching' },
    'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].',
  ],
  [
    '----X',
    { datapointsToAlarm: 1, treatMissingData: 'notBreaching' },
    'Threshold Crossed: 1 out of the last 3 datapoints [1.0 (21/11/26 12:00:00)] was greater than or equal to the threshold (1.0) and 2 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).',
  ],
  [
    '----X',
    { treatMissingData: 'notBreaching' },
    'Threshold Crossed: 2 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for ALARM -> OK transition).',
  ],
  ['-----', { evaluationPeriods: 1, datapointsToAlarm: 1 }, 'Insufficient Data: 1 datapoint was unknown.'],
] as const)('%s of %j is explained', (picture, changes, reason) => {
  expect(judge(rules(changes), range(picture))?.reason).toBe(reason);
});
