import { testRaces } from './races';

testRaces(4);
