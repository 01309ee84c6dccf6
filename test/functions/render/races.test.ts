import { testRaces } from './races';

testRaces(8);
