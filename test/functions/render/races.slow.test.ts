import { testRaces } from './races';

testRaces(1);
