import type { Settings } from '../settings/schema';
import type { FunctionTimeouts } from './arns';

/** Seconds each function that is a state of the workflow may run. */
export function timeoutsOf({ functions }: Pick<Settings, 'functions'>): FunctionTimeouts {
  return {
    validate: functions.validate.timeoutSeconds,
    thumbnail: functions.thumbnail.timeoutSeconds,
    storeMetadata: functions.storeMetadata.timeoutSeconds,
    notify: functions.notify.timeoutSeconds,
    quarantine: functions.quarantine.timeoutSeconds,
    remove: functions.remove.timeoutSeconds,
  };
}
