/** With the settings of the project, and so with AWS's own keys. */
import { testGrants } from './grants';

testGrants();
