import { testRaces } from './races';

testRaces(24);
