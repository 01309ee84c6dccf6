import { readEmbedded } from '../../../local-aws/cloudwatch/embedded';

const TIME = Date.UTC(2026, 10, 21, 6, 0);

/** A line as the specification defines it, with some parts replaced. */
function line(directive: object = {}, root: object = {}): string {
  return JSON.stringify({
    _aws: {
      Timestamp: TIME,
      CloudWatchMetrics: [
        {
          Namespace: 'Shop',
          Dimensions: [['Store'], ['Store', 'Till']],
          Metrics: [{ Name: 'Sold', Unit: 'Count' }],
          ...directive,
        },
      ],
    },
    Store: 'Bern',
    Till: '4',
    Sold: 3,
    ...root,
  });
}

test('a metric is counted under every set of dimensions', () => {
  expect(readEmbedded(line())).toEqual([
    { metric: { namespace: 'Shop', name: 'Sold', dimensions: { Store: 'Bern' } }, values: [3], time: TIME },
    {
      metric: { namespace: 'Shop', name: 'Sold', dimensions: { Store: 'Bern', Till: '4' } },
      values: [3],
      time: TIME,
    },
  ]);
});

test('a metric may have several values, and no dimensions', () => {
  expect(readEmbedded(line({ Dimensions: [[]] }, { Sold: [1, 2] }))).toEqual([
    { metric: { namespace: 'Shop', name: 'Sold', dimensions: {} }, values: [1, 2], time: TIME },
  ]);
});

test.each([
  '',
  'plain text',
  '{"message":"no metrics"}',
  '"_aws"',
  '{"message":{"_aws":{}}}',
  '{"_aws": cut',
])('other lines hold no metrics: %s', (other) => {
  expect(readEmbedded(other)).toEqual([]);
});

test.each([
  ['the value is not a number', line({}, { Sold: '3' }), 'Sold: '],
  ['the value is missing', line({}, { Sold: undefined }), 'Sold: '],
  ['there are more than 100 values', line({}, { Sold: Array(101).fill(1) }), 'Sold: '],
  ['a dimension has no value', line({}, { Till: undefined }), 'Till: '],
  ['a dimension is a number', line({}, { Store: 4 }), 'Store: '],
  ['the unit is unknown', line({ Metrics: [{ Name: 'Sold', Unit: 'Apples' }] }), 'Metrics.0.Unit: '],
  ['the namespace is empty', line({ Namespace: '' }), '_aws.CloudWatchMetrics.0.Namespace: '],
  ['there is no set of dimensions', line({ Dimensions: [] }), 'Dimensions: '],
  ['the time is a text', line().replace(String(TIME), '"now"'), '_aws.Timestamp: '],
])('CloudWatch would take no metric from it: %s', (_, wrong, message) => {
  expect(() => readEmbedded(wrong)).toThrow(message);
});
