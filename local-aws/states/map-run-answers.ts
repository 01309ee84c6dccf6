/** What the Step Functions API answers about Map Runs. */

import { type Json, seconds } from './answers';
import type { Child, ChildStatus, Journal } from './distributed-map/journal';

/** A Map Run in the answer of ListMapRuns. */
export const mapRunItem = ({ run, stopDate }: Journal): Json => ({
  executionArn: run.executionArn,
  mapRunArn: run.mapRunArn,
  stateMachineArn: stateMachineOf(run.mapRunArn),
  startDate: seconds(run.startDate),
  ...(stopDate !== undefined && { stopDate: seconds(stopDate) }),
});

/** docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html */
export function describeMapRun(journal: Journal): Json {
  const { run, status, stopDate, children, redriveCount } = journal;
  return {
    mapRunArn: run.mapRunArn,
    executionArn: run.executionArn,
    status,
    startDate: seconds(run.startDate),
    ...(stopDate !== undefined && { stopDate: seconds(stopDate) }),
    maxConcurrency: run.maxConcurrency,
    toleratedFailurePercentage: run.toleratedPercent,
    toleratedFailureCount: 0,
    itemCounts: counts(journal, children, ({ items }) => items.length),
    executionCounts: counts(journal, children, () => 1),
    redriveCount,
  };
}

const stateMachineOf = (mapRunArn: string) =>
  mapRunArn.replace(':mapRun:', ':stateMachine:').replace(/:[^:]+$/, '');

/** A child that has not ended counts as pending, whether it has started or not. */
function counts({ status }: Journal, children: Child[], size: (child: Child) => number): Json {
  const of = (...wanted: ChildStatus[]) =>
    children.filter((child) => wanted.includes(child.status)).reduce((sum, child) => sum + size(child), 0);
  const isOver = status === 'ABORTED' || status === 'FAILED';
  return {
    pending: isOver ? 0 : of('PENDING'),
    running: 0,
    succeeded: of('SUCCEEDED'),
    failed: of('FAILED'),
    timedOut: of('TIMED_OUT'),
    aborted: isOver ? of('PENDING', 'ABORTED') : of('ABORTED'),
    total: children.reduce((sum, child) => sum + size(child), 0),
    resultsWritten: status === 'SUCCEEDED' ? children.reduce((sum, child) => sum + size(child), 0) : 0,
  };
}
