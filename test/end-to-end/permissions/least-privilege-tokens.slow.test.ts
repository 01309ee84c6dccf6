/** With tokens for the API. */
import { testEndpointGrants } from './endpoint-grants';

testEndpointGrants('delivery');
