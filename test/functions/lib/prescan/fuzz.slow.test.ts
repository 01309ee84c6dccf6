import { testScans } from './fuzz';

testScans({ numRuns: 1000 });
