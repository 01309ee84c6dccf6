/** Rules for concurrency: the values of one function or queue have to fit those of another. */
import { BACKLOG_CONCURRENCY, THUMBNAIL_RESERVATION } from './automatic';
import type { FunctionSize } from './function-sizes';
import { type Rule, rule, ruleForEach } from './rule';

type Concurrency = number | 'auto';

/** The most that a setting can become on deploy. */
const most = (setting: Concurrency, { ample }: { ample: number }) => (setting === 'auto' ? ample : setting);

const show = (setting: Concurrency, { ample }: { ample: number }) =>
  setting === 'auto' ? `"auto" and so up to ${ample}` : setting;

const backlogFitsItsFunction = rule(
  'functions.resume.reservedConcurrency',
  ({ backlog, functions: { resume } }) =>
    typeof resume.reservedConcurrency === 'number' &&
    resume.reservedConcurrency < most(backlog.concurrency, BACKLOG_CONCURRENCY),
  ({ backlog, functions: { resume } }) =>
    `expected at least backlog.concurrency, which is ${show(backlog.concurrency, BACKLOG_CONCURRENCY)}, received ${resume.reservedConcurrency}: Lambda would throttle what the queue delivers; raise it or lower backlog.concurrency`,
);

/** Lambda takes provisioned instances out of the reservation. */
const provisionedFitsReserved = ruleForEach(
  ({ functions }) =>
    Object.entries(functions).flatMap(([name, size]: [string, FunctionSize]) => {
      const { reservedConcurrency: reserved = 'none', provisionedConcurrency: provisioned = 0 } = size;
      return reserved === 'none' ? [] : [{ name, reserved, provisioned }];
    }),
  ({ name }) => ['functions', name, 'provisionedConcurrency'],
  ({ reserved, provisioned }) => provisioned > most(reserved, THUMBNAIL_RESERVATION),
  ({ name, reserved, provisioned }) =>
    `expected at most functions.${name}.reservedConcurrency, which is ${show(reserved, THUMBNAIL_RESERVATION)}, received ${provisioned}: Lambda takes provisioned instances out of the reservation`,
);

export const CAPACITY_RULES: readonly Rule[] = [backlogFitsItsFunction, provisionedFitsReserved];
