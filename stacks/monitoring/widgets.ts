/** What the dashboard shows: first the outcomes, then where the time goes, what waits, and what it costs. */
import type { WorkflowFunction } from '../functions/workflow-function';
import { endpointWidgets } from './endpoint-widgets';
import { type Graph, graphsIn, line } from './graph';
import type { Row, Widget } from './grid';
import {
  functionMetric,
  logMetric,
  type Metric,
  machineMetric,
  NAMESPACE,
  PERIOD,
  queueMetric,
  workflowMetric,
} from './metrics';
import type { Watched } from './watched';

export function rowsFor(watched: Watched, alarmArns: readonly string[]): Row[] {
  const graph = graphsIn(watched.settings.region);
  return [
    { height: 4, widgets: [{ type: 'alarm', properties: { title: 'Alarms', alarms: alarmArns } }] },
    { height: 6, widgets: outcomes(watched, graph) },
    { height: 6, widgets: durations(watched, graph) },
    { height: 6, widgets: work(watched, graph) },
    { height: 6, widgets: waiting(watched, graph) },
    ...endpointRow(watched, graph),
    { height: 6, widgets: costsOfWork(watched, graph) },
    { height: 6, widgets: costsOfExecutions(watched, graph) },
  ];
}

/** All functions: the states in their order, those that run beside the workflow, and those that answer requests. */
const named = ({ functions, answering }: Watched) =>
  Object.entries({ ...functions, ...answering }) as [string, WorkflowFunction][];

function outcomes({ settings: { namePrefix } }: Watched, graph: Graph): Widget[] {
  const count = (name: string, label: string) => line(workflowMetric(namePrefix, name, 'Sum'), { label });
  return [
    graph('Images', [
      count('Uploads', 'taken up'),
      count('Done', 'done'),
      count('Failed', 'failed'),
      count('Superseded', 'overtaken by a newer event'),
    ]),
    graph(
      'Failures by error name',
      [
        [
          {
            expression: `SEARCH('{${NAMESPACE},Workflow,Error} MetricName="Failed" Workflow="${namePrefix}"', 'Sum', ${PERIOD})`,
            id: 'errors',
          },
        ],
      ],
      { stacked: true },
    ),
  ];
}

function durations({ functions: { resume, watch, ...states } }: Watched, graph: Graph): Widget[] {
  return (['p50', 'p95', 'p99'] as const).map((stat) =>
    graph(
      `Duration by state, ${stat}`,
      Object.entries(states).map(([label, lambda]: [string, WorkflowFunction]) =>
        line(functionMetric(lambda, 'Duration', stat), { label }),
      ),
      { yAxis: { left: { label: 'ms', showUnits: false, min: 0 } } },
    ),
  );
}

function work(watched: Watched, graph: Graph): Widget[] {
  const { namePrefix } = watched.settings;
  const sum = (name: string, label: string) => line(workflowMetric(namePrefix, name, 'Sum'), { label });
  const byFunction = (name: string) =>
    named(watched).map(([label, lambda]) => line(functionMetric(lambda, name, 'Sum'), { label }));
  return [
    graph('Bytes', [sum('SourceBytes', 'originals read'), sum('ThumbnailBytes', 'thumbnails written')]),
    graph('Errors by function', byFunction('Errors')),
    graph('Throttles by function', byFunction('Throttles')),
  ];
}

function waiting(
  { settings: { namePrefix }, deadLetters, failures, backlog }: Watched,
  graph: Graph,
): Widget[] {
  return [
    graph('Messages', [
      line(queueMetric(deadLetters, 'ApproximateNumberOfMessagesVisible', 'Maximum'), {
        label: 'dead letters',
      }),
      line(queueMetric(failures, 'ApproximateNumberOfMessagesVisible', 'Maximum'), { label: 'failures' }),
      line(queueMetric(backlog, 'ApproximateNumberOfMessagesVisible', 'Maximum'), { label: 'backlog' }),
      line(queueMetric(backlog, 'ApproximateNumberOfMessagesNotVisible', 'Maximum'), {
        label: 'backlog, tried and waiting again',
      }),
    ]),
    graph('Oldest in the backlog, seconds', [
      line(queueMetric(backlog, 'ApproximateAgeOfOldestMessage', 'Maximum'), { label: 'not taken up' }),
      line(workflowMetric(namePrefix, 'BacklogAge', 'Maximum'), { label: 'tried again' }),
    ]),
    graph('Stuck records', [
      line(workflowMetric(namePrefix, 'StuckRecords', 'Maximum'), { label: 'PROCESSING for ten minutes' }),
    ]),
  ];
}

/** A row for the endpoints, if there are any. */
function endpointRow(watched: Watched, graph: Graph): Row[] {
  const widgets = endpointWidgets(watched, graph);
  return widgets.length > 0 ? [{ height: 6, widgets }] : [];
}

/** What the functions cost, in the units that AWS bills. */
function costsOfWork(watched: Watched, graph: Graph): Widget[] {
  const { settings, stateMachine } = watched;
  return [
    graph(
      'Lambda, GB-seconds',
      named(watched).flatMap(([label, lambda], n) => [
        line(functionMetric(lambda, 'Duration', 'Sum'), { id: `m${n}`, visible: false }),
        [{ expression: `m${n} / 1000 * ${lambda.memoryMb} / 1024`, id: `gb${n}`, label }],
      ]),
      { stacked: true },
    ),
    graph('Thumbnails: each is one PUT request', [
      line(workflowMetric(settings.namePrefix, 'Thumbnails', 'Sum'), { label: 'written' }),
    ]),
    graph(
      'Logs, bytes',
      [
        ...named(watched).map(([label, { logGroup }]) =>
          line(logMetric(logGroup, 'IncomingBytes', 'Sum'), { label }),
        ),
        line(logMetric(stateMachine.logGroup, 'IncomingBytes', 'Sum'), { label: 'executions' }),
      ],
      { stacked: true },
    ),
  ];
}

/** What executions cost: AWS bills their number, and their duration times their memory, which it rounds up to 64 MB. */
function costsOfExecutions({ stateMachine }: Watched, graph: Graph): Widget[] {
  const executions = (name: string, stat: Metric['stat'], label: string) =>
    line(machineMetric(stateMachine, name, stat), { label });
  return [
    graph('Executions', [executions('ExecutionsStarted', 'Sum', 'started')]),
    graph('Executions, billed milliseconds', [executions('ExpressExecutionBilledDuration', 'Sum', 'billed')]),
    graph('Executions, billed memory of one', [
      executions('ExpressExecutionBilledMemory', 'p50', 'half of them'),
      executions('ExpressExecutionBilledMemory', 'Maximum', 'the greatest'),
    ]),
  ];
}
