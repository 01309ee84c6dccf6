import { testAnyOrder } from './any-order';

testAnyOrder(100);
