/** What the dashboard shows about the endpoints, if there are any. */
import type { Graph } from './graph';
import { line } from './graph';
import type { Widget } from './grid';
import { apiMetric, CLOUDFRONT_REGION, distributionMetric, functionMetric, type Metric } from './metrics';
import type { Watched } from './watched';

type Of = (name: string, stat: Metric['stat']) => Metric;

export function endpointWidgets(
  { delivery, answering: { render }, uploadApi }: Watched,
  graph: Graph,
): Widget[] {
  return [
    ...(delivery ? distribution((name, stat) => distributionMetric(delivery, name, stat), graph) : []),
    ...(render ? [made((name, stat) => functionMetric(render, name, stat), graph)] : []),
    ...(uploadApi ? [api((name, stat) => apiMetric(uploadApi, name, stat), graph)] : []),
  ];
}

function distribution(of: Of, graph: Graph): Widget[] {
  const options = { region: CLOUDFRONT_REGION };
  return [
    graph('CloudFront, requests', [line(of('Requests', 'Sum'), { label: 'requests' })], options),
    graph(
      'CloudFront, percent of requests that were refused',
      [
        line(of('4xxErrorRate', 'Average'), { label: '4xx' }),
        line(of('5xxErrorRate', 'Average'), { label: '5xx' }),
      ],
      options,
    ),
  ];
}

function made(of: Of, graph: Graph): Widget {
  return graph('Variants asked for that were not there', [
    line(of('UrlRequestCount', 'Sum'), { label: 'requests' }),
    line(of('Url4xxCount', 'Sum'), { label: 'refused, 4xx' }),
    line(of('Url5xxCount', 'Sum'), { label: 'failed or not ready, 5xx' }),
  ]);
}

function api(of: Of, graph: Graph): Widget {
  return graph('API, requests', [
    line(of('Count', 'Sum'), { label: 'requests' }),
    line(of('4xx', 'Sum'), { label: 'refused, 4xx' }),
    line(of('5xx', 'Sum'), { label: 'failed, 5xx' }),
  ]);
}
