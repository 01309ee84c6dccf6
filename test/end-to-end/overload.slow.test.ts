import { testOverload } from './burst';

testOverload(30, 15);
