/** The settings, checked by their own rules and by the limits of what is made from them. */
import * as settings from './settings/load';
import type { Settings } from './settings/schema';
import { executionFits } from './state-machine/budget';

export { SettingsError } from './settings/load';

const RULES = [executionFits];

/**
 * @param values as a settings file holds them
 * @param name of the file, for error messages
 * @throws SettingsError that lists every problem
 */
export const parseSettings = (values: unknown, name: string): Settings =>
  settings.parseSettings(values, name, RULES);

/**
 * @param path of a JSON file
 * @throws SettingsError that lists every problem
 */
export const loadSettings = (path: string): Settings => settings.loadSettings(path, RULES);
