/** The states that put an event about each outcome on the EventBridge bus, if the settings ask for it. */
import { DETAIL_TYPES, EVENT_SOURCE } from '../../contract/messages/outcome-event';
import type { Settings } from '../settings/schema';
import { orElse, present, serviceTask, serviceTimeout } from './task-state';

/** What the settings say about how outcomes are told. */
export interface News {
  /** Puts each outcome on the event bus, under a name that tells the events of two stacks apart. @default no events */
  events?: { namePrefix: string };
  /** Whether backfills run images too. Nobody is notified of those one by one. @default false */
  backfill?: boolean;
  /** URL of docs/operations.md. @default its path in the checkout */
  runbook?: string;
}

export const newsOf = ({
  namePrefix,
  backfill,
  notifications: { events, runbookUrl },
}: Pick<Settings, 'namePrefix' | 'notifications' | 'backfill'>): News => ({
  ...(backfill.enabled && { backfill: true }),
  ...(events && { events: { namePrefix } }),
  ...(runbookUrl !== undefined && { runbook: runbookUrl }),
});

/** The bus that every account has. */
export const EVENT_BUS = 'default';

/**
 * One retry: with more, the longest execution would not fit into its limit. Step Functions fails the task as
 * `EventBridge.FailedEntry` if EventBridge does not accept the event.
 */
const announce = (detailType: string, detail: string) =>
  serviceTask(
    'arn:aws:states:::events:putEvents',
    {
      Entries: [
        { EventBusName: EVENT_BUS, Source: EVENT_SOURCE, DetailType: detailType, 'Detail.$': detail },
      ],
    },
    '$.announcement',
    { retries: 1, seconds: serviceTimeout(true) },
  );

/** Follows Notify. */
export const announceReady = () => ({
  AnnounceReady: {
    Comment: 'Puts an event on the bus: the thumbnails are ready.',
    ...announce(DETAIL_TYPES.ready, '$.notification.event'),
    Catch: [orElse('Quarantine')],
    End: true,
  },
});

/** Follows Remove, which answers with an event if it has removed thumbnails. */
export const announceRemoval = () => ({
  CheckRemoval: {
    Type: 'Choice',
    Comment: 'Is the image gone, or is another version the current one?',
    Choices: [{ ...present('$.removal.event'), Next: 'AnnounceRemoval' }],
    Default: 'NothingRemoved',
  },
  AnnounceRemoval: {
    Comment: 'Puts an event on the bus: the thumbnails are gone.',
    ...announce(DETAIL_TYPES.removed, '$.removal.event'),
    Catch: [orElse('Quarantine')],
    End: true,
  },
  NothingRemoved: {
    Type: 'Succeed',
    Comment: 'The deletion was not of the current version, or restored another one.',
  },
});

/** Follows NotifyFailure. */
export const announceFailure = () => ({
  AnnounceFailure: {
    Comment: 'Puts an event on the bus: the image failed. If it cannot, the failure queue keeps the message.',
    ...announce(DETAIL_TYPES.failed, '$.failure.event'),
    Catch: [orElse('QueueFailure', '$.announcementError')],
    Next: 'Failed',
  },
});
