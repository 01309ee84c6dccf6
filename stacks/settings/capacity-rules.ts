/** Rules of concurrency: what is set for one function or queue fits what is set for another. */
import { BACKLOG_CONCURRENCY, THUMBNAIL_RESERVATION } from './automatic';
import type { Problem } from './problems';
import type { Settings } from './schema';

type Rule = (settings: Settings) => Problem[];

/** The most that a setting can come to on deploy, and how to say so. */
const atMost = (setting: number | 'auto', { ample }: { ample: number }) =>
  setting === 'auto'
    ? { most: ample, said: `"auto" and so up to ${ample}` }
    : { most: setting, said: setting };

/** What a mapping receives beyond the concurrency of its function would be throttled, and received in vain. */
const backlogFitsItsFunction: Rule = ({ backlog, functions: { resume } }) => {
  const { most, said } = atMost(backlog.concurrency, BACKLOG_CONCURRENCY);
  return resume.reservedConcurrency === undefined || resume.reservedConcurrency >= most
    ? []
    : [
        {
          path: ['functions', 'resume', 'reservedConcurrency'],
          message: `expected at least backlog.concurrency, which is ${said}, received ${resume.reservedConcurrency}: Lambda would throttle what the queue delivers; raise it or lower backlog.concurrency`,
        },
      ];
};

/** Lambda takes provisioned instances out of the reservation. */
const provisionedFitsReserved: Rule = ({ functions }) =>
  Object.entries(functions).flatMap(([name, settings]) => {
    if (!('provisionedConcurrency' in settings)) return [];
    const { reservedConcurrency: reserved, provisionedConcurrency: provisioned = 0 } = settings;
    if (reserved === undefined || reserved === 'none') return [];
    const { most, said } = atMost(reserved, THUMBNAIL_RESERVATION);
    return provisioned <= most
      ? []
      : [
          {
            path: ['functions', name, 'provisionedConcurrency'],
            message: `expected at most functions.${name}.reservedConcurrency, which is ${said}, received ${provisioned}: Lambda takes provisioned instances out of the reservation`,
          },
        ];
  });

export const CAPACITY_RULES: Rule[] = [backlogFitsItsFunction, provisionedFitsReserved];
