/**
 * The embedded metric format: lines of JSON in a log that CloudWatch turns into metrics.
 *
 * Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

import { z } from 'zod';
import type { Metric } from './metrics';

/** The values of one metric in a line. */
export interface Observation {
  metric: Metric;
  values: number[];
  /** Unix milliseconds. */
  time: number;
}

/** docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const AMOUNTS = ['Bytes', 'Bits'].flatMap((unit) => [
  unit,
  ...['Kilo', 'Mega', 'Giga', 'Tera'].map((scale) => scale + unit.toLowerCase()),
]);
const UNITS = [
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Count/Second', 'None'],
  ...AMOUNTS,
  ...AMOUNTS.map((unit) => `${unit}/Second`),
];

const name = z.string().min(1).max(1_024);

const document = z.object({
  _aws: z.object({
    Timestamp: z.int().nonnegative(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: name.regex(/^[^:]/, 'expected no colon at the beginning'),
        Dimensions: z.array(z.array(name).max(30)).min(1),
        Metrics: z
          .array(
            z.object({
              Name: name,
              Unit: z.enum(UNITS).optional(),
              StorageResolution: z.union([z.literal(1), z.literal(60)]).optional(),
            }),
          )
          .max(100),
      }),
    ),
  }),
});

const values = z.union([z.number().transform((value) => [value]), z.array(z.number()).max(100)]);

/**
 * @param line of a log
 * @returns its metrics; none for a line without `_aws` at its root
 * @throws Error saying what is wrong with a line that tries to hold metrics: CloudWatch would ignore it
 */
export function readEmbedded(line: string): Observation[] {
  if (!line.includes('"_aws"')) return [];
  let root: Record<string, unknown>;
  try {
    root = JSON.parse(line);
  } catch {
    return [];
  }
  if (typeof root !== 'object' || root === null || !Object.hasOwn(root, '_aws')) return [];

  const { Timestamp: time, CloudWatchMetrics } = check(document, root, '').data._aws;
  return CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) => {
      const { data } = check(values, root[Name], Name);
      return Dimensions.map((set) => {
        const dimensions = set.map((key) => [key, check(name, root[key], key).data] as const);
        return {
          metric: { namespace, name: Name, dimensions: Object.fromEntries(dimensions) },
          values: data,
          time,
        };
      });
    }),
  );
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string): { data: T } {
  const { data, error } = schema.safeParse(value);
  if (!error) return { data };
  const [{ path, message }] = error.issues as [z.core.$ZodIssue];
  throw new Error(`${[where, ...path].filter((step) => step !== '').join('.')}: ${message}`);
}
