import { testCrashes } from './crashes';

testCrashes(5);
