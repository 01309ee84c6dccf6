import { testCrashes } from './crashes';

testCrashes(1);
