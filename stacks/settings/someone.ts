import type { Settings } from './schema';

/**
 * @param address of somebody who is notified of everything if the settings name nobody; none for nobody
 */
export function withSomeone(settings: Settings, address = ''): Settings {
  const { processed, errors, operations } = settings.notifications;
  if (address === '' || processed.length + errors.length + operations.length > 0) return settings;
  return {
    ...settings,
    notifications: {
      ...settings.notifications,
      processed: [address],
      errors: [address],
      operations: [address],
    },
  };
}
