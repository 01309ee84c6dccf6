import { WITH_API } from '../endpoints';
import { only, readable, synthesize } from '../synthesized';
import { unknown } from './known-metrics';

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

/** A metric or an expression of a graph; the options come last. */
type Line = (string | Options)[];

interface Options {
  stat?: string;
  id?: string;
  expression?: string;
  label?: string;
  visible?: boolean;
  yAxis?: string;
}

const stack = synthesize();
const dashboard = only(stack.resource['aws_cloudwatch_dashboard']);
const body = JSON.parse(dashboard['dashboard_body']) as { start: string; widgets: Widget[] };
const graphs = body.widgets
  .filter(({ type }) => type === 'metric')
  .map(({ properties }) => properties as { title: string; metrics: Line[] });

const optionsOf = (line: Line) => line.at(-1) as Options;
const isExpression = (line: Line) => optionsOf(line).expression !== undefined;

test('has a name that is unique in the account, because dashboards have no region', () => {
  expect(dashboard['dashboard_name']).toBe('thumbnail-workflow-us-east-1');
});

test('holds references to resources of the stack, and no other template', () => {
  const text: string = dashboard['dashboard_body'];
  const references = text.match(/\$\{[^}]*\}/g) ?? [];
  expect(references.length).toBeGreaterThan(50);
  for (const reference of references) {
    const [, type = '', id = ''] =
      /^\$\{(aws_\w+)\.([\w-]+)\.(arn|name|function_name)\}$/.exec(reference) ?? [];
    expect([reference, stack.resource[type]?.[id]]).toEqual([reference, expect.anything()]);
  }
  expect(text.replace(/\$\{[^}]*\}/g, '')).not.toMatch(/[$%]\{/);
});

test('shows first the outcomes, then where the time goes, what waits, and what it costs', () => {
  expect(body.widgets.map(({ properties }) => properties['title'])).toEqual([
    'Alarms',
    'Images',
    'Failures by error name',
    'Duration by state, p50',
    'Duration by state, p95',
    'Duration by state, p99',
    'Bytes',
    'Errors by function',
    'Throttles by function',
    'Messages',
    'Oldest in the backlog, seconds',
    'Stuck records',
    'Lambda, GB-seconds',
    'Thumbnails: each is one PUT request',
    'Logs, bytes',
    'Executions',
    'Executions, billed milliseconds',
    'Executions, billed memory of one',
  ]);
});

describe('with delivery and the upload API', () => {
  const open = synthesize(WITH_API);
  const shown = JSON.parse(only(open.resource['aws_cloudwatch_dashboard'])['dashboard_body']) as typeof body;
  const titles = ({ widgets }: typeof body) => widgets.map(({ properties }) => properties['title']);
  const added = shown.widgets.filter(({ properties }) => !titles(body).includes(properties['title']));

  test('it shows requests and refusals side by side', () => {
    expect(titles({ ...shown, widgets: added })).toEqual([
      'CloudFront, requests',
      'CloudFront, percent of requests that were refused',
      'Variants asked for that were not there',
      'API, requests',
    ]);
    expect(added.map(({ x, width }) => [x, width])).toEqual([0, 6, 12, 18].map((x) => [x, 6]));
    expect(new Set(added.map(({ y }) => y)).size).toBe(1);
  });

  test('it uses metrics that CloudWatch has, in the region where it has them', () => {
    for (const { properties } of added) {
      for (const line of properties['metrics'] as Line[]) {
        const [namespace, name, ...pairs] = line.slice(0, -1) as string[];
        const dimensions = Object.fromEntries(
          pairs.flatMap((pair, n) => (n % 2 === 0 ? [[pair, pairs[n + 1]!]] : [])),
        );
        expect(unknown({ namespace: namespace!, name: name!, dimensions }, open, '')).toBeUndefined();
      }
    }
    const elsewhere = synthesize({ ...WITH_API, region: 'eu-west-1' });
    const { widgets } = JSON.parse(
      only(elsewhere.resource['aws_cloudwatch_dashboard'])['dashboard_body'],
    ) as typeof body;
    const regions = widgets
      .filter(({ type }) => type === 'metric')
      .map(({ properties }) => [String(properties['title']).startsWith('CloudFront'), properties['region']]);
    expect(new Set(regions.map(String))).toEqual(new Set(['true,us-east-1', 'false,eu-west-1']));
  });

  test('it shows what their functions cost too', () => {
    const cost = shown.widgets.find(({ properties }) => properties['title'] === 'Lambda, GB-seconds')!;
    const labels = (cost.properties['metrics'] as Line[]).flatMap((line) => optionsOf(line).label ?? []);
    expect(labels).toEqual(expect.arrayContaining(['render', 'createUpload', 'getImage']));
  });
});

// docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
describe('keeps to the documented structure', () => {
  test('every widget has its place on the grid of 24 columns, and no two overlap', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of body.widgets) {
      expect([x, y, width, height].every(Number.isInteger)).toBe(true);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(width).toBeGreaterThanOrEqual(1);
      expect(x + width).toBeLessThanOrEqual(24);
      expect(height).toBeGreaterThanOrEqual(1);
      expect(height).toBeLessThanOrEqual(1000);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(taken.has(`${column},${row}`)).toBe(false);
          taken.add(`${column},${row}`);
        }
      }
    }
    // No holes either.
    expect(taken.size).toBe(24 * Math.max(...body.widgets.map(({ y, height }) => y + height)));
  });

  test('every widget has the properties of its type', () => {
    for (const { type, properties } of body.widgets) {
      if (type === 'alarm') {
        expect(properties).toEqual({ title: expect.any(String), alarms: expect.any(Array) });
      } else {
        expect(type).toBe('metric');
        expect(properties).toMatchObject({
          title: expect.any(String),
          region: 'us-east-1',
          view: 'timeSeries',
          stacked: expect.any(Boolean),
          period: 300,
          metrics: expect.any(Array),
        });
      }
    }
  });

  test.each(graphs.map(({ title, metrics }) => [title, metrics] as const))('%s', (_, lines) => {
    expect(lines.length).toBeGreaterThanOrEqual(1);
    expect(lines.length).toBeLessThanOrEqual(500);
    const ids = lines.flatMap((line) => optionsOf(line).id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-zA-Z0-9_]*$/);
    for (const line of lines) {
      if (isExpression(line)) {
        expect(line).toHaveLength(1);
        for (const id of optionsOf(line).expression!.match(/\bm\d+\b/g) ?? []) expect(ids).toContain(id);
      } else {
        expect(optionsOf(line).stat).toMatch(/^(Sum|Maximum|p50|p95|p99)$/);
      }
    }
  });
});

test('shows every alarm', () => {
  const shown = body.widgets.find(({ type }) => type === 'alarm')!.properties['alarms'] as string[];
  const alarms = Object.keys(stack.resource['aws_cloudwatch_metric_alarm']!);
  expect(shown.sort()).toEqual(alarms.map((id) => `\${aws_cloudwatch_metric_alarm.${id}.arn}`).sort());
  expect(shown.length).toBeLessThanOrEqual(100);
});

describe('uses metrics that CloudWatch has for this stack', () => {
  const lines = graphs.flatMap(({ title, metrics }) => metrics.map((line) => [title, line] as const));

  test.each(lines.filter(([, line]) => !isExpression(line)))('%s: %j', (_, line) => {
    const [namespace, name, ...pairs] = line.slice(0, -1) as string[];
    const dimensions: Record<string, string> = {};
    for (let n = 0; n < pairs.length; n += 2) dimensions[pairs[n]!] = pairs[n + 1]!;
    const metric = { namespace: namespace!, name: name!, dimensions };
    expect(unknown(metric, stack, 'thumbnail-workflow')).toBeUndefined();
  });

  test('shows failures under every error name there is', () => {
    const [[search]] = graphs.find(({ title }) => title === 'Failures by error name')!.metrics as [Options[]];
    expect(search!.expression).toBe(
      `SEARCH('{ThumbnailWorkflow,Workflow,Error} MetricName="Failed" Workflow="thumbnail-workflow"', 'Sum', 300)`,
    );
  });

  test('computes what a function costs from its memory', () => {
    const { dashboard_body } = readable(
      only(synthesize({ functions: { thumbnail: { memoryMb: 3008 } } }).resource['aws_cloudwatch_dashboard']),
    );
    expect(dashboard_body).toContain('"expression":"m1 / 1000 * 3008 / 1024","id":"gb1","label":"thumbnail"');
  });
});
