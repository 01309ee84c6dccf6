import { testSettings } from './each-settings';

testSettings(['everything']);
