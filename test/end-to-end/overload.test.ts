import { testOverload } from './burst';

testOverload(9, 2);
