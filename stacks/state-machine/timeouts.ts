import { forEachState } from '../catalogue';
import type { Settings } from '../settings/schema';
import type { FunctionTimeouts } from './arns';

/** @returns how many seconds the function of each state may run */
export const timeoutsOf = ({ functions }: Pick<Settings, 'functions'>): FunctionTimeouts =>
  forEachState((key) => functions[key].timeoutSeconds);
