import { SETTINGS } from '../fixtures/settings';
import { testSettings } from './each-settings';

testSettings(Object.keys(SETTINGS).filter((name) => name !== 'everything'));
