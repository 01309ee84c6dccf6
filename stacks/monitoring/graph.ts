import type { Widget } from './grid';
import { type Metric, PERIOD } from './metrics';

/** A metric in the form that a graph takes: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Metric-Widget-Structure.html */
export type Line = readonly unknown[];

export const line = ({ namespace, name, dimensions, stat }: Metric, options: object): Line => [
  namespace,
  name,
  ...Object.entries(dimensions).flat(),
  { stat, ...options },
];

export type Graph = (title: string, lines: readonly Line[], options?: object) => Widget;

export const graphsIn =
  (region: string): Graph =>
  (title, metrics, options = {}) => ({
    type: 'metric',
    properties: { title, region, view: 'timeSeries', stacked: false, period: PERIOD, metrics, ...options },
  });
